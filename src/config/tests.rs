use super::*;

fn read(attributes: &[(&str, &str)]) -> (Config, Vec<Warning>) {
    for (name, _) in attributes {
        let listed = Attribute::ALL.iter().any(|listed| listed.as_str() == *name);
        assert!(listed, "{name} is no attribute");
    }
    let value_of = |attribute: Attribute| {
        let named = |(name, _): &&(&str, &str)| *name == attribute.as_str();
        attributes
            .iter()
            .find(named)
            .map(|(_, value)| (*value).to_owned())
    };
    let mut warnings = Vec::new();
    let config = Config::read(value_of, |warning| warnings.push(warning));
    (config, warnings)
}

#[test]
fn an_endpoint_is_enough() {
    let (config, warnings) = read(&[("endpoint", "/captcha/")]);
    assert_eq!(warnings, []);
    assert_eq!(config.keys(), "/captcha/keys");
    assert_eq!(config.verifications(), "/captcha/verifications");
    assert_eq!(
        config.audio(&Key::parse("abc").unwrap()),
        "/captcha/audio/abc"
    );
    assert_eq!(
        (
            config.rate,
            config.timeout,
            config.lead_in,
            config.shortcuts
        ),
        (100, 10_000, None, true)
    );
}

#[test]
fn a_backend_of_ones_own_needs_no_endpoint() {
    let own = [("key-url", "/k"), ("audio-url", "/a?key={key}&x=1")];
    let (config, warnings) = read(&own);
    assert_eq!(warnings, []);
    assert_eq!(config.keys(), "/k");
    assert_eq!(config.audio(&Key::parse("abc").unwrap()), "/a?key=abc&x=1");
    let (config, warnings) = read(&[own[0], own[1], ("verify", "inline")]);
    assert!(!config.is_complete());
    assert_eq!(warnings[0].attribute, Attribute::Endpoint);
}

/// The browser would drop the path that is appended. A query is useful: `/proxy.php?path=`.
#[test]
fn an_endpoint_with_a_fragment_is_named() {
    let (config, warnings) = read(&[("endpoint", "/captcha#a")]);
    assert_eq!(warnings[0].value, "/captcha#a");
    assert!(!config.is_complete());
    let (config, warnings) = read(&[("endpoint", "/proxy.php?path=")]);
    assert_eq!(config.keys(), "/proxy.php?path=/keys");
    assert_eq!(warnings, []);
}

#[test]
fn every_unknown_value_names_its_attribute_and_keeps_the_default() {
    for (name, value) in [
        ("verify", "later"),
        ("theme", "blue"),
        ("shortcuts", "none"),
        ("lead-in", "5001"),
        ("lead-in", "-1"),
        ("lead-in", "0.5"),
        ("rate", "2"),
        ("rate", "fast"),
        ("rate", "1.x"),
        ("rate", "99999999999"),
        ("timeout", "10s"),
        ("timeout", "999"),
        ("audio-url", "/a"),
        ("audio-url", "/{id}/{key}"),
    ] {
        let (config, warnings) = read(&[("endpoint", "/c"), (name, value)]);
        assert_eq!(warnings.len(), 1, "{name}={value}");
        let Warning {
            attribute,
            value: said,
            ..
        } = &warnings[0];
        assert_eq!((attribute.as_str(), said.as_str()), (name, value));
        let (plain, _) = read(&[("endpoint", "/c")]);
        assert_eq!(config, plain, "{name}={value}");
    }
}

#[test]
fn a_missing_endpoint_is_said_at_once() {
    let (config, warnings) = read(&[]);
    assert!(!config.is_complete());
    assert_eq!(warnings[0].attribute, Attribute::Endpoint);
}

#[test]
fn speeds_are_read_without_floats() {
    for (text, rate) in [
        ("0.5", 50),
        (".75", 75),
        ("1", 100),
        ("1.", 100),
        ("1.0", 100),
        ("1.25", 125),
        ("1.5000", 150),
    ] {
        let (config, warnings) = read(&[("endpoint", "/c"), ("rate", text)]);
        assert_eq!((config.rate, warnings.len()), (rate, 0), "{text}");
    }
}

#[test]
fn every_attribute_that_decides_something_is_read() {
    let samples = [
        ("name", "captcha"),
        ("required", "1"),
        ("verify", "inline"),
        ("lead-in", "0"),
        ("rate", "0.8"),
        ("shortcuts", "off"),
        ("pause-on-typing", "1"),
        ("remember", "1"),
        ("consent", "1"),
        ("timeout", "2000"),
        ("ticket", "t"),
        ("key-url", "/k"),
        ("audio-url", "/{key}"),
        ("verify-url", "/v"),
    ];
    let (plain, _) = read(&[("endpoint", "/c")]);
    for sample in samples {
        let (config, warnings) = read(&[("endpoint", "/c"), sample]);
        assert_eq!(warnings, [], "{sample:?}");
        assert_ne!(config, plain, "{sample:?}");
    }
}
