//! What can be typed.

use clap::{Parser, Subcommand};

use crate::bench::BenchArgs;
use crate::commands::application::ApplicationArgs;
use crate::commands::clock::ClockArgs;
use crate::commands::enterprise::EnterpriseArgs;
use crate::commands::instance::InstanceArgs;
use crate::commands::messages::MessagesArgs;
use crate::commands::notification::NotificationArgs;
use crate::commands::order::OrderArgs;
use crate::config_command::ConfigArgs;
use crate::encryption::decrypt::DecryptArgs;
use crate::encryption::encrypt::EncryptArgs;
use crate::face::FaceArgs;
use crate::keys::KeysArgs;
use crate::language::Global;
use crate::sign::SignArgs;
use crate::up::UpArgs;
use crate::verify::VerifyArgs;

/// Printed below every list of options.
const EXIT_CODES: &str = "\
Exit codes (退出码):
  0  done (成功)
  1  tried and failed, or a check said no (失败或校验不通过)
  2  wrong usage or configuration (用法或配置有误)
  3  the other side was reached and refused (对方拒绝)
  4  the other side was not reached (联系不上对方)
  5  data folder, master key or database cannot be used (数据目录、密钥或数据库不可用)
  6  an address is taken or cannot be listened on (监听地址不可用)";

/// Mercer (掌柜): connects software sellers to a cloud marketplace. A local store, a merchant gateway, and tools for both.
#[derive(Debug, Parser)]
#[command(name = "mercer", version, after_help = EXIT_CODES, max_term_width = 110, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Up(UpArgs),
    /// Run the gateway alone (仅运行网关)
    Gateway(FaceArgs),
    /// Run the store alone (仅运行云商店)
    Store(FaceArgs),
    Order(OrderArgs),
    Instance(InstanceArgs),
    Messages(MessagesArgs),
    Enterprise(EnterpriseArgs),
    Application(ApplicationArgs),
    Notification(NotificationArgs),
    Clock(ClockArgs),
    Sign(SignArgs),
    Verify(VerifyArgs),
    Encrypt(EncryptArgs),
    Decrypt(DecryptArgs),
    Keys(KeysArgs),
    Bench(BenchArgs),
    Config(ConfigArgs),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_and_option_explains_itself_in_both_languages() {
        fn walk(command: &clap::Command, path: &str) {
            for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set() && sub.get_name() != "help") {
                let path = format!("{path} {}", sub.get_name());
                let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
                assert!(about.contains('(') && !about.is_ascii(), "{path}: {about}");
                for argument in sub.get_arguments().filter(|argument| !argument.is_hide_set()) {
                    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
                    assert!(argument.get_id() == "help" || !help.is_ascii(), "{path} {}: {help}", argument.get_id());
                }
                walk(sub, &path);
            }
        }
        walk(&Cli::command(), "mercer");
    }

    #[test]
    fn the_commands_of_the_handbook_are_understood() {
        for line in [
            "mercer up --data d --store 127.0.0.1:0 --gateway 127.0.0.1:0 --app 127.0.0.1:0 --virtual-clock --seed 7 --json",
            "mercer order place --product-id p --quantity 3 --periods 1 --extend a=b",
            "mercer order products --data d",
            "mercer order list --state completed --page-size 10 --json",
            "mercer instance change i --product-id p --quantity 9",
            "mercer instance trial-to-formal i --product-id p",
            "mercer messages restart m",
            "mercer clock advance --by P15D",
            "mercer clock advance --until-idle",
            "mercer instance accept CS1",
            "mercer enterprise create --name Acme --code acme --first-member li",
            "mercer enterprise bind t --instance CS1 --release-personal",
            "mercer enterprise grant bnd --user li --department D1 --json",
            "mercer enterprise import-members t --file - --skip-bad-rows",
            "mercer enterprise members t --text li --page 2",
            "mercer application create --name a --address-id x --login-address https://a.example --public-key k.pem",
            "mercer notification add --access-type saas --address-id x --merchant-id m",
            "mercer notification test n",
            "mercer sign v2 --key k --body-text {}",
            "mercer sign v1 --key k -p activity=newInstance",
            "mercer sign kit-v2 --key k --form prehash --body-text {} --interface authSync",
            "mercer verify v1 --key k --url activity=newInstance --mine a=b",
            "mercer verify kit-v1 --key k -H authToken:x --body b.json",
            "mercer verify order-notify --key k --body - --mine m.txt",
            "mercer encrypt v1 --key k --bits 128 --iv A1b2C3d4E5f6G7h8 text",
            "mercer decrypt client-secret --private-key a.pem --private-key b.pem --file -",
            "mercer keys rsa --bits 4096 --out d",
            "mercer keys generate --type v1",
            "mercer bench gateway --seconds 5 --connections 8 --rate 1000 --mix mixed",
            "mercer bench gateway --compare bare",
            "mercer bench gateway --protocol saas-v1 --background full-sync --rate 500",
            "mercer config example --lang zh",
        ] {
            assert!(Cli::try_parse_from(line.split(' ')).is_ok(), "{line}");
        }
        for line in [
            "mercer clock advance",
            "mercer keys rsa --bits 2048",
            "mercer sign kit-v2 --key k --interface tenantsync",
            "mercer clock advance --by P1D --until-idle",
            "mercer order place",
            "mercer enterprise grant bnd",
            "mercer notification add --address-id x",
            "mercer order list --page-size 0",
            "mercer up --store nowhere",
            "mercer bench gateway --url http://a/b",
            "mercer bench gateway --compare bare --background full-sync",
        ] {
            assert!(Cli::try_parse_from(line.split(' ')).is_err(), "{line}");
        }
    }
}
