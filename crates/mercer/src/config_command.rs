//! `mercer config`: the annotated settings, and whether a file can be used.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use mercer_kernel::config::{Config, EXAMPLE};
use serde_json::json;

use crate::failure::Failure;
use crate::ground::config_failure;
use crate::output::Output;

/// Settings: show every one, check a file (配置)
#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print every setting with its default and what it means (全部配置项及说明)
    Example,
    /// Check a settings file and the MERCER_* environment (检查配置)
    Check {
        /// The file; otherwise mercer.toml in the working folder when there is one (配置文件)
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
}

/// Runs the command.
///
/// # Errors
/// The first setting that cannot be used.
pub(crate) fn run(arguments: ConfigArgs, output: Output) -> Result<(), Failure> {
    match arguments.action {
        Action::Example => output.show(&json!({"example": EXAMPLE}), |_| EXAMPLE.trim_end().to_owned()),
        Action::Check { config } => {
            Config::load(config.as_deref(), &[]).map_err(|error| config_failure(&error))?;
            output.show(&json!({"valid": true}), |language| {
                language.pick("✓ 配置有效", "✓ the settings can be used").to_owned()
            });
        }
    }
    Ok(())
}
