use super::*;

/// As much of a file as these look at.
const HEAD: usize = 4096;

/// What was seen: path, size, how many first bytes, and a sum of these.
type Seen = Vec<(String, u64, usize, u64)>;

fn seen_as(path: &str, size: u64, head: &[u8]) -> (String, u64, usize, u64) {
    let weighed = head
        .iter()
        .zip(1..)
        .map(|(byte, at): (_, u64)| u64::from(*byte) * at);
    (path.to_owned(), size, head.len(), weighed.sum())
}

fn read(archive: &[u8], cuts: impl Iterator<Item = usize>) -> (Seen, Result<(), Broken>) {
    let (mut tar, mut seen) = (Tar::new(HEAD), Seen::new());
    let mut visit = |entry: Entry<'_>| {
        if entry.kind == EntryKind::File {
            let path = String::from_utf8_lossy(entry.path);
            seen.push(seen_as(&path, entry.size, entry.head));
        }
    };
    let mut rest = archive;
    let mut fed = Ok(());
    for cut in cuts {
        let (now, later) = rest.split_at(cut.min(rest.len()));
        fed = fed.and_then(|()| tar.feed(now, &mut visit));
        rest = later;
    }
    let fed = fed.and_then(|()| tar.feed(rest, &mut visit));
    (seen, fed.and_then(|()| tar.finish()))
}

fn whole(archive: &[u8]) -> (Seen, Result<(), Broken>) {
    read(archive, std::iter::empty())
}

fn block(name: &str, kind: u8, size: u64) -> Vec<u8> {
    let mut block = vec![0; BLOCK];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
    block[156] = kind;
    block[257..263].copy_from_slice(b"ustar\0");
    summed(block)
}

fn summed(mut block: Vec<u8>) -> Vec<u8> {
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    block
}

fn entry(name: &str, kind: u8, contents: &[u8]) -> Vec<u8> {
    let mut entry = block(name, kind, contents.len() as u64);
    entry.extend(contents);
    entry.resize(entry.len().next_multiple_of(BLOCK), 0);
    entry
}

fn end() -> Vec<u8> {
    vec![0; 2 * BLOCK]
}

fn pax(facts: &[(&str, &str)]) -> Vec<u8> {
    let line = |(key, value): &(&str, &str)| {
        let bare = key.len() + value.len() + 3;
        let length = (bare..bare + 9).find(|length| bare + length.to_string().len() == *length);
        format!("{} {key}={value}\n", length.expect("there is one"))
    };
    entry("pax", b'x', facts.iter().map(line).collect::<String>().as_bytes())
}

/// An archive with everything that engines write, made by another program's writer.
fn archive() -> (Vec<u8>, Seen) {
    let mut builder = ::tar::Builder::new(Vec::new());
    let mut seen = Seen::new();
    let long = format!("{}end", "deep/".repeat(60));
    for (path, size) in [
        ("a", 0),
        ("etc/b", 5),
        ("c", 512),
        ("d", 4200),
        (long.as_str(), 700),
        ("last", 3),
    ] {
        let bytes: Vec<u8> = (0..size)
            .map(|at: usize| u8::try_from(at % 251).expect("small"))
            .collect();
        let mut header = ::tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o755);
        builder
            .append_data(&mut header, path, bytes.as_slice())
            .expect("an entry");
        seen.push(seen_as(path, size as u64, &bytes[..size.min(HEAD)]));
        let mut link = ::tar::Header::new_gnu();
        link.set_entry_type(::tar::EntryType::Link);
        link.set_size(0);
        builder.append_link(&mut link, "hard", &long).expect("a link");
    }
    (builder.into_inner().expect("an archive"), seen)
}

#[test]
fn files_are_found_wherever_the_stream_is_cut() {
    let (archive, expected) = archive();
    assert_eq!(whole(&archive), (expected.clone(), Ok(())));
    for at in 0..archive.len() {
        assert_eq!(
            read(&archive, [at].into_iter()),
            (expected.clone(), Ok(())),
            "cut at {at}"
        );
    }
    for step in [1, 3, 511, 512, 513, 4095] {
        let cuts = std::iter::repeat_n(step, archive.len() / step);
        assert_eq!(
            read(&archive, cuts),
            (expected.clone(), Ok(())),
            "in steps of {step}"
        );
    }
}

#[test]
fn a_stream_that_ends_anywhere_before_its_end_is_incomplete() {
    let (archive, expected) = archive();
    let ends = archive.len() - 2 * BLOCK;
    let (mut tar, mut seen) = (Tar::new(HEAD), 0);
    for (at, byte) in archive.iter().enumerate() {
        let is_complete = at > ends + BLOCK - 1;
        assert_eq!(tar.finish().is_ok(), is_complete, "ended at {at}");
        tar.feed(&[*byte], &mut |entry| {
            seen += usize::from(entry.kind == EntryKind::File);
        })
        .expect("it is well");
    }
    assert_eq!((seen, tar.finish()), (expected.len(), Ok(())));
}

#[test]
fn extended_headers_give_the_path_and_the_size() {
    let body = [7; 600];
    let mut long = block("short", b'0', 1);
    long.extend(body);
    long.resize(3 * BLOCK, 0);
    let mut prefixed = block("name", b'0', 0);
    prefixed[345..351].copy_from_slice(b"folder");
    let archive = [
        entry("global", b'g', b"12 path=bad\n"),
        pax(&[
            ("SCHILY.xattr.user.x", "ä=\n"),
            ("path", "from/pax"),
            ("size", "600"),
        ]),
        entry("global", b'g', b""),
        long,
        summed(prefixed),
        entry("plain", 0, b"x"),
        block("folder/", 0, 3),
        entry("././@LongLink", b'L', b"from/gnu\0"),
        entry("cut", b'7', b"y"),
        end(),
    ];
    let (seen, complete) = whole(&archive.concat());
    let names: Vec<_> = seen
        .iter()
        .map(|(path, size, ..)| (path.as_str(), *size))
        .collect();
    assert_eq!(
        names,
        [
            ("from/pax", 600),
            ("folder/name", 0),
            ("plain", 1),
            ("from/gnu", 1)
        ]
    );
    assert_eq!(complete, Ok(()));
}

#[test]
fn files_with_holes_are_passed_over() {
    let mut holes = block("holes", b'S', 512);
    holes[482] = 1;
    let mut more = vec![1; BLOCK];
    let last = vec![0; BLOCK];
    more[504] = 1;
    let archive = [
        summed(holes),
        more,
        last,
        vec![9; BLOCK],
        entry("next", b'0', b"n"),
        end(),
    ]
    .concat();
    let (seen, complete) = whole(&archive);
    assert_eq!((seen.len(), seen[0].0.as_str(), complete), (1, "next", Ok(())));
}

#[test]
fn headers_that_cannot_be_are_an_error() {
    let mut negative = block("x", b'0', 0);
    negative[124..136].fill(0xff);
    let mut changed = block("x", b'0', 0);
    changed[0] = b'y';
    let cases = [
        (summed(negative), Broken::Size),
        (changed, Broken::Header),
        (vec![b'x'; BLOCK], Broken::Header),
        (vec![0xff; BLOCK], Broken::Header),
        (block("x", b'x', EXTENDED + 1), Broken::TooLong),
        (block("x", b'L', 4 << 30), Broken::TooLong),
        (entry("x", b'x', b"99 path=a\n"), Broken::Extended),
        (pax(&[("size", "-1")]), Broken::Size),
        (pax(&[("size", "18446744073709551615")]), Broken::Size),
    ];
    for (bytes, why) in cases {
        let (seen, end) = whole(&[bytes, end()].concat());
        assert_eq!((seen.len(), end), (0, Err(why)));
    }
}

#[test]
fn a_size_that_lies_ends_with_the_stream_and_not_before() {
    let mut header = block("huge", b'0', 0);
    header[124..136].copy_from_slice(&[0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    let (seen, end) = whole(&[summed(header), vec![1; 10_000]].concat());
    assert_eq!((seen[0].1, end), (i64::MAX as u64, Err(Broken::Truncated)));
}

#[test]
fn very_many_entries_and_long_names_leave_nothing_behind() {
    let mut tar = Tar::new(HEAD);
    let name = vec![b'n'; 1 << 20];
    let archive = [
        entry("long", b'L', &name),
        entry("x", b'0', b""),
        entry("y", b'0', b"abc"),
    ]
    .concat();
    let mut seen = 0;
    for _ in 0..200 {
        tar.feed(&archive, &mut |_| seen += 1).expect("it is well");
    }
    let small = entry("y", b'0', b"abc");
    for _ in 0..100_000 {
        tar.feed(&small, &mut |_| seen += 1).expect("it is well");
    }
    assert_eq!(seen, 100_400);
    assert!(tar.block.capacity() + tar.head.capacity() + tar.extended.capacity() < 3 * HEAD);
}

#[test]
fn links_folders_and_owners_are_told() {
    let mut link = block("bin", b'2', 0);
    link[157..164].copy_from_slice(b"usr/bin");
    let mut owned = block("run", b'0', 0);
    owned[100..107].copy_from_slice(b"0104750");
    owned[108..115].copy_from_slice(b"0000010");
    owned[116..124].copy_from_slice(&[0xff; 8]);
    let archive = [
        summed(link),
        pax(&[("linkpath", "a/long/way")]),
        block("hard", b'1', 7),
        entry("././@LongLink", b'K', b"from/gnu\0"),
        block("soft", b'2', 0),
        block("dir", b'5', 0),
        block("null", b'3', 0),
        summed(owned),
        pax(&[
            ("GNU.sparse.major", "1"),
            ("GNU.sparse.name", "holes"),
            ("path", "GNUSparseFile.0/holes"),
        ]),
        entry("x", b'0', b"abc"),
        end(),
    ];
    let (mut tar, mut seen) = (Tar::new(HEAD), Vec::new());
    tar.feed(&archive.concat(), &mut |entry| {
        let leads = match entry.kind {
            EntryKind::Hard(to) | EntryKind::Link(to) => String::from_utf8_lossy(to).into_owned(),
            kind @ (EntryKind::File | EntryKind::Holes | EntryKind::Folder | EntryKind::Other) => {
                format!("{kind:?}")
            }
        };
        let path = String::from_utf8_lossy(entry.path).into_owned();
        seen.push((path, leads, entry.mode, entry.user, entry.group));
    })
    .expect("it is well");
    let said: Vec<_> = seen
        .iter()
        .map(|(path, leads, ..)| (path.as_str(), leads.as_str()))
        .collect();
    let expected = [
        ("bin", "usr/bin"),
        ("hard", "a/long/way"),
        ("soft", "from/gnu"),
        ("dir", "Folder"),
        ("null", "Other"),
        ("run", "File"),
        ("holes", "Holes"),
    ];
    assert_eq!(said, expected);
    assert_eq!((seen[5].2, seen[5].3, seen[5].4), (0o4750, Some(8), None));
}
