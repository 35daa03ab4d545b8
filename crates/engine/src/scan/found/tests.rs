use super::*;

const AMD64: u16 = 62;
const ARM64: u16 = 183;
/// NVIDIA's, which no platform is named after.
const CUDA: u16 = 190;

fn elf(machine: u16) -> Vec<u8> {
    let mut bytes = vec![0; 64];
    bytes[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
    bytes[16] = 3;
    bytes[18..20].copy_from_slice(&machine.to_le_bytes());
    bytes
}

fn mach_o() -> Vec<u8> {
    [&[0xcf, 0xfa, 0xed, 0xfe, 0x0c, 0, 0, 1][..], &[0; 24]].concat()
}

fn pe() -> Vec<u8> {
    let mut bytes = vec![0; 128];
    bytes[..2].copy_from_slice(b"MZ");
    bytes[0x3c] = 64;
    bytes[64..70].copy_from_slice(b"PE\0\0\x64\x86");
    bytes
}

fn scan(files: &[(&str, Vec<u8>)]) -> Scan {
    let mut found = Census::new(Platform::linux("amd64"));
    for (path, bytes) in files {
        take(&mut found, path, bytes);
    }
    found.finish()
}

fn take(found: &mut Census, path: &str, bytes: &[u8]) {
    found.take(path.as_bytes(), bytes, bytes.len() as u64, None);
}

fn group<'a>(scan: &'a Scan, name: &str) -> &'a Group {
    let found = scan.groups.iter().find(|group| group.package.name == name);
    found.unwrap_or_else(|| panic!("no {name} in {:?}", scan.groups))
}

#[test]
fn programs_of_other_platforms_are_foreign_and_all_others_are_counted() {
    let scan = scan(&[
        ("/bin/sh", elf(AMD64)),
        ("/bin/foreign", elf(ARM64)),
        ("/bin/mac", mach_o()),
        ("/bin/windows.exe", pe()),
        ("/gpu.cubin", elf(CUDA)),
        ("/start.sh", b"#!/bin/sh\n".to_vec()),
        ("/Main.class", b"\xca\xfe\xba\xbe\0\0\0\x41".to_vec()),
        ("/MZ", b"MZ is no program".to_vec()),
        ("/empty", Vec::new()),
    ]);
    assert_eq!((scan.files, scan.programs, scan.unnamed), (9, 5, 1));
    let foreign: Vec<_> = scan
        .foreign
        .iter()
        .map(|file| {
            (
                file.path.as_str(),
                file.platform.to_string(),
                file.format.as_str(),
            )
        })
        .collect();
    assert_eq!(
        foreign,
        [
            ("/bin/foreign", "linux/arm64".to_owned(), "elf"),
            ("/bin/mac", "darwin/arm64".to_owned(), "mach-o"),
            ("/bin/windows.exe", "windows/amd64".to_owned(), "pe"),
        ]
    );
    assert!(scan.groups.is_empty());
}

#[test]
fn a_distribution_goes_by_the_name_that_pip_knows() {
    let record = b"PIL/__init__.py,,\nPIL/_imaging.so,,\npillow-10.4.0.dist-info/RECORD,,\n";
    let scan = scan(&[
        ("/v/site-packages/PIL/_imaging.so", elf(ARM64)),
        ("/v/site-packages/pillow-10.4.0.dist-info/RECORD", record.to_vec()),
        ("/v/site-packages/pillow.libs/libjpeg.so", elf(ARM64)),
        ("/v/site-packages/numpy/core/x.so", elf(ARM64)),
        ("/v/site-packages/yaml/_yaml.so", elf(ARM64)),
        (
            "/v/site-packages/PyYAML-6.0.egg-info/top_level.txt",
            b"_yaml\nyaml\n".to_vec(),
        ),
        ("/w/site-packages/PIL/_imaging.so", elf(ARM64)),
    ]);
    let names: Vec<_> = scan
        .groups
        .iter()
        .map(|group| {
            (
                group.package.folder.as_str(),
                group.package.name.as_str(),
                group.files,
            )
        })
        .collect();
    assert_eq!(
        names,
        [
            ("/v/site-packages", "PyYAML", 1),
            ("/v/site-packages", "numpy", 1),
            ("/v/site-packages", "pillow", 2),
            ("/w/site-packages", "PIL", 1),
        ]
    );
    let of = |index: usize| {
        scan.groups[scan.foreign[index].group.expect("a group")]
            .package
            .name
            .as_str()
    };
    assert_eq!(
        [of(0), of(1), of(2), of(3)],
        ["pillow", "pillow", "numpy", "PyYAML"]
    );
}

#[test]
fn a_package_that_brings_every_platform_is_covered() {
    let modules = "/app/node_modules";
    let scan = scan(&[
        (&format!("{modules}/many/prebuilds/linux-x64/a.node"), elf(AMD64)),
        (
            &format!("{modules}/many/prebuilds/linux-arm64/a.node"),
            elf(ARM64),
        ),
        (&format!("{modules}/many/prebuilds/darwin-arm64/a.node"), mach_o()),
        (&format!("{modules}/@img/sharp-linux-x64/a.node"), elf(AMD64)),
        (&format!("{modules}/@img/sharp-linux-arm64/a.node"), elf(ARM64)),
        (&format!("{modules}/half/helper"), elf(AMD64)),
        (&format!("{modules}/half/build/a.node"), elf(ARM64)),
        (&format!("{modules}/@img/other-linux-arm64/a.node"), elf(ARM64)),
        ("/b/node_modules/@img/sharp-linux-arm64/a.node", elf(ARM64)),
    ]);
    let covered = |name: &str| group(&scan, name).covered;
    assert!(covered("many") && covered("@img/sharp-linux-arm64"));
    assert!(!covered("half") && !covered("@img/other-linux-arm64"));
    let elsewhere = scan
        .groups
        .iter()
        .find(|group| group.package.folder == "/b/node_modules");
    assert!(!elsewhere.expect("it is foreign").covered);
    assert_eq!(group(&scan, "many").platforms.len(), 2);
    assert_eq!((group(&scan, "many").files, group(&scan, "many").native), (2, 1));
}

#[test]
fn what_is_kept_is_bounded_and_the_rest_is_counted() {
    let mut found = Census::new(Platform::linux("amd64"));
    let (bytes, many) = (elf(ARM64), LISTED as u64 + 100);
    for number in 0..many {
        take(&mut found, &format!("/app/node_modules/p{number}/a.node"), &bytes);
    }
    let scan = found.finish();
    assert_eq!(
        (scan.programs, scan.foreign.len() as u64 + scan.left_out),
        (many, many)
    );
    assert_eq!((scan.foreign.len(), scan.groups.len()), (LISTED, PACKAGES));

    let mut found = Census::new(Platform::linux("amd64"));
    let long = "x".repeat(4000);
    for number in 0..2000 {
        take(&mut found, &format!("/{number}/{long}"), &bytes);
        take(
            &mut found,
            &format!("/s/site-packages/{number}-1.dist-info/RECORD"),
            long.as_bytes(),
        );
    }
    assert!(found.text <= TEXT);
    let scan = found.finish();
    let kept: usize = scan.foreign.iter().map(|file| file.path.len()).sum();
    assert!(kept <= TEXT && scan.foreign.len() as u64 + scan.left_out == 2000);
}

#[test]
fn headers_cut_at_any_byte_are_never_a_panic() {
    for whole in [elf(ARM64), mach_o(), pe()] {
        for length in 0..whole.len() {
            let scan = scan(&[("/x", whole[..length].to_vec())]);
            assert_eq!(scan.files, 1);
        }
    }
}
