use super::*;

fn load(file: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::assemble(Some((Path::new("mercer.toml"), file)), environment, &[])
}

#[test]
fn the_example_is_the_default_and_documents_every_key() {
    assert_eq!(Config::defaults().gateway.signature.window_seconds, 60);
    let mut documented = false;
    let mut section_is_tls = false;
    for line in EXAMPLE.lines() {
        if line.starts_with('#') {
            documented = true;
        } else if let Some((key, _)) = line.split_once(" = ") {
            // The certificate pair is explained once, where it stands first.
            section_is_tls = key.starts_with("tls_");
            assert!(documented || section_is_tls, "{key} has no comment");
            documented = false;
        } else if !section_is_tls {
            documented = false;
        }
    }
}

#[test]
fn later_sources_win() {
    let config = load(
        "[gateway.signature]\nwindow_seconds = 90",
        &[
            ("MERCER_GATEWAY__SIGNATURE__WINDOW_SECONDS", "30"),
            ("MERCER_OUTBOUND__ALLOW_PRIVATE", "127.0.0.0/8, 10.0.0.0/8"),
        ],
    )
    .unwrap();
    assert_eq!(config.gateway.signature.window_seconds, 30);
    assert_eq!(config.outbound.allow_private.len(), 2);
}

#[test]
fn a_wrong_setting_is_named_with_what_is_allowed() {
    let message = |file: &str| load(file, &[]).unwrap_err().to_string();
    assert_eq!(
        message("[gateway]\nlissten = \"x\""),
        "mercer.toml: gateway.lissten = \"x\": there is no such setting; `mercer config example` lists them all"
    );
    assert_eq!(
        message("[store.lifecycle]\nretention_days = 900"),
        "mercer.toml: store.lifecycle.retention_days = 900: 0 to 365 is allowed"
    );
    assert!(message("[store]\nprofile = \"mars\"").contains("sandbox, cn, intl, eu, saascenter"));
    assert!(message("[outbox]\nworkers = \"many\"").contains("a whole number is wanted"));
    assert!(message("[gateway]\ntls_key = \"k.pem\"").contains("go together"));
    assert!(message("data = ").starts_with("mercer.toml: (syntax)"));
    let environment = load("", &[("MERCER_NO_SUCH", "1")]).unwrap_err();
    assert_eq!(environment.origin, "MERCER_NO_SUCH");
}
