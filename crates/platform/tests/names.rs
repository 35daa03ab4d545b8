//! Platforms by their names: spelling, offers and wishes, native or not.

use std::collections::BTreeSet;

use platform::{MAX_PLATFORM, Native, Platform, PlatformError};
use serde::Deserialize;
use serde::de::value::{Error as ValueError, StrDeserializer};

/// Operating system, architecture, variant; and the name they have in common.
const SPELLINGS: &[(&str, &str, &str, &str)] = &[
    ("linux", "arm64", "", "linux/arm64"),
    ("linux", "aarch64", "", "linux/arm64"),
    ("linux", "AARCH64", "V8", "linux/arm64"),
    ("linux", "arm64", "v8", "linux/arm64"),
    ("linux", "arm64", "8", "linux/arm64"),
    ("linux", "arm64", "v8.0", "linux/arm64"),
    ("linux", "arm64", "v8.2", "linux/arm64/v8.2"),
    ("linux", "arm64", "9", "linux/arm64/v9"),
    ("linux", "arm64", "v9", "linux/arm64/v9"),
    ("linux", "amd64", "", "linux/amd64"),
    ("linux", "amd64", "v1", "linux/amd64"),
    ("linux", "x86_64", "", "linux/amd64"),
    ("linux", "x86-64", "v1", "linux/amd64"),
    ("Linux", "X86_64", "V3", "linux/amd64/v3"),
    ("linux", "arm", "", "linux/arm/v7"),
    ("linux", "arm", "7", "linux/arm/v7"),
    ("linux", "arm", "v6", "linux/arm/v6"),
    ("linux", "arm", "5", "linux/arm/v5"),
    ("linux", "arm", "v5", "linux/arm/v5"),
    ("linux", "arm", "8", "linux/arm/v8"),
    ("linux", "armhf", "", "linux/arm/v7"),
    ("linux", "armel", "", "linux/arm/v6"),
    ("linux", "armv7l", "", "linux/arm/v7"),
    ("linux", "armv6l", "", "linux/arm/v6"),
    ("linux", "armv8l", "", "linux/arm/v8"),
    ("linux", "i386", "", "linux/386"),
    ("linux", "i686", "", "linux/386"),
    ("linux", "386", "", "linux/386"),
    ("linux", "ppc64el", "", "linux/ppc64le"),
    ("linux", "mips64el", "", "linux/mips64le"),
    ("linux", "loongarch64", "", "linux/loong64"),
    ("linux", "s390x", "", "linux/s390x"),
    ("linux", "riscv64", "", "linux/riscv64"),
    ("", "aarch64", "", "linux/arm64"),
    ("macos", "arm64", "", "darwin/arm64"),
    ("windows", "amd64", "", "windows/amd64"),
    ("", "", "", "linux/unknown"),
    ("li\nnux", "am\u{202e}d64", "\0", "linux/amd64"),
];

#[test]
fn every_spelling_of_a_platform_has_one_name() {
    for (os, architecture, variant, name) in SPELLINGS {
        let platform = Platform::new(os, architecture, variant);
        assert_eq!(&platform.to_string(), name, "{os:?} {architecture:?} {variant:?}");
    }
}

#[test]
fn a_printed_platform_is_read_back_as_itself() {
    let names: BTreeSet<&str> = SPELLINGS.iter().map(|row| row.3).collect();
    for name in names {
        let platform: Platform = name.parse().expect(name);
        assert_eq!(platform.to_string(), name);
        assert_eq!(
            format!("linux/{}", platform.short()) == name,
            platform.os() == "linux"
        );
    }
}

#[test]
fn a_name_of_any_length_is_printed_so_that_it_is_read_back() {
    let long = "a".repeat(10_000);
    let platform = Platform::new(&long, &long, &long);
    assert_eq!(platform.to_string().parse(), Ok(platform));
}

#[test]
fn people_may_leave_out_linux() {
    for (text, name) in [
        ("arm64", "linux/arm64"),
        ("ARM64/v8", "linux/arm64"),
        ("arm/v6", "linux/arm/v6"),
        ("x86_64", "linux/amd64"),
        ("i386", "linux/386"),
        ("darwin/arm64", "darwin/arm64"),
    ] {
        assert_eq!(
            text.parse::<Platform>().map(|read| read.to_string()),
            Ok(name.to_owned())
        );
    }
}

#[test]
fn what_is_no_platform_is_refused_with_its_reason() {
    let long = format!("linux/{}", "a".repeat(MAX_PLATFORM));
    let cases = [
        ("", PlatformError::Empty),
        ("linux/", PlatformError::Empty),
        ("/arm64", PlatformError::Empty),
        ("linux//v7", PlatformError::Empty),
        ("linux", PlatformError::NoArchitecture),
        ("sometimes", PlatformError::NoArchitecture),
        ("a/b/c/d", PlatformError::TooManyParts),
        ("linux/arm 64", PlatformError::BadCharacter(' ')),
        ("linux/\u{1b}[31m", PlatformError::BadCharacter('\u{1b}')),
        ("linux/ärm", PlatformError::BadCharacter('ä')),
        ("linux/aaaaaaaaaaaaaaaaaaaaa", PlatformError::TooLong),
        (long.as_str(), PlatformError::TooLong),
    ];
    for (text, error) in cases {
        assert_eq!(text.parse::<Platform>(), Err(error.clone()), "{text:?}");
        assert!(!error.to_string().chars().any(char::is_control));
    }
}

#[test]
fn fields_without_an_architecture_name_no_platform() {
    for architecture in [
        None,
        Some(""),
        Some(" "),
        Some("unknown"),
        Some("Unknown"),
        Some("a/b"),
    ] {
        assert_eq!(Platform::from_fields(Some("linux"), architecture, None), None);
    }
    let platform = Platform::from_fields(None, Some("arm64"), Some("v8"));
    assert_eq!(platform, Some(Platform::linux("arm64")));
    let forged = Platform::from_fields(Some("li\nnux"), Some("arm64"), None);
    assert_eq!(forged, None);
}

#[test]
fn a_processor_runs_its_own_programs_and_those_it_was_built_to_run() {
    use Native::{Depends, No, Yes};
    for (program, engine, native) in [
        ("linux/arm64", "linux/arm64", Yes),
        ("linux/amd64", "linux/arm64", No),
        ("linux/arm64", "linux/amd64", No),
        ("linux/amd64", "linux/amd64", Yes),
        ("linux/amd64/v2", "linux/amd64", Depends),
        ("linux/amd64/v4", "linux/amd64/v3", Depends),
        ("linux/amd64/v2", "linux/amd64/v3", Yes),
        ("linux/amd64", "linux/amd64/v3", Yes),
        ("linux/amd64/huge", "linux/amd64", Depends),
        ("linux/386", "linux/amd64", Yes),
        ("linux/386", "linux/amd64/v3", Yes),
        ("linux/386", "linux/arm64", No),
        ("linux/amd64", "linux/386", No),
        ("linux/arm/v7", "linux/arm64", Depends),
        ("linux/arm/v5", "linux/arm64", Depends),
        ("linux/arm/v6", "linux/amd64", No),
        ("linux/arm/v6", "linux/arm/v7", Yes),
        ("linux/arm/v7", "linux/arm/v7", Yes),
        ("linux/arm/v7", "linux/arm/v6", No),
        ("linux/arm/v8", "linux/arm/v7", No),
        ("linux/arm64", "linux/arm/v7", No),
        ("linux/arm64/v9", "linux/arm64", Depends),
        ("linux/arm64/v8.2", "linux/arm64/v9", Yes),
        ("linux/arm64/v8.2", "linux/arm64/v8.10", Yes),
        ("linux/ppc64", "linux/ppc64le", No),
        ("linux/ppc64le/power9", "linux/ppc64le", Depends),
        ("linux/mips", "linux/mips64", Depends),
        ("linux/unknown", "linux/amd64", Depends),
        ("linux/unknown", "linux/unknown", Depends),
        ("windows/amd64", "linux/amd64", No),
        ("freebsd/amd64", "linux/amd64", No),
        ("darwin/arm64", "linux/arm64", No),
    ] {
        let [program, engine] = [program, engine].map(|name| name.parse::<Platform>().expect(name));
        assert_eq!(program.runs_on(&engine), native, "{program} on {engine}");
    }
}

#[test]
fn an_offer_satisfies_what_the_wish_leaves_open() {
    for (offered, wanted, satisfied) in [
        ("linux/amd64", "linux/amd64", true),
        ("linux/amd64/v3", "linux/amd64", true),
        ("linux/amd64", "linux/amd64/v3", true),
        ("linux/amd64/v2", "linux/amd64/v3", false),
        ("linux/arm/v6", "linux/arm", false),
        ("linux/arm64/v8", "linux/arm64", true),
        ("linux/386", "linux/amd64", false),
        ("windows/amd64", "linux/amd64", false),
    ] {
        let [offer, wish] = [offered, wanted].map(|name| name.parse::<Platform>().expect(name));
        assert_eq!(offer.satisfies(&wish), satisfied, "{offered} for {wanted}");
    }
}

#[test]
fn serde_reads_and_writes_the_name() {
    let read = |text| Platform::deserialize(StrDeserializer::<ValueError>::new(text));
    let platform = read("linux/aarch64/v8").expect("a platform");
    assert_eq!(platform, Platform::linux("arm64"));
    assert!(read("linux/\n").is_err());
    assert_eq!(Written(platform).to_string(), "linux/arm64");
}

/// Serializes into a formatter, which takes plain strings only.
struct Written(Platform);

impl std::fmt::Display for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        serde::Serialize::serialize(&self.0, f)
    }
}
