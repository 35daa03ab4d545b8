//! Facts about the next entry: lines of `LENGTH KEY=VALUE`, each as long as it says.

use super::{Broken, header::MAX_SIZE};

/// Those of the facts that matter here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Said<'a> {
    pub(super) path: Option<&'a [u8]>,
    pub(super) leads: Option<&'a [u8]>,
    pub(super) size: Option<u64>,
    /// Whether it is a file with holes, in one of GNU's newer ways.
    pub(super) has_holes: bool,
}

/// Reads all lines; a later one takes the place of an earlier one.
pub(super) fn read(mut bytes: &[u8]) -> Result<Said<'_>, Broken> {
    let (mut said, mut named_with_holes) = (Said::default(), false);
    while !bytes.is_empty() {
        let (key, value, rest) = line(bytes).ok_or(Broken::Extended)?;
        match key {
            // Another name stands there for programs that know no holes.
            b"path" if named_with_holes => {}
            b"path" => said.path = Some(value).filter(|path| !path.is_empty()),
            b"linkpath" => said.leads = Some(value),
            b"GNU.sparse.name" => {
                said.path = Some(value).filter(|path| !path.is_empty());
                said.has_holes = true;
                named_with_holes = true;
            }
            key if key.starts_with(b"GNU.sparse.") => said.has_holes = true,
            b"size" => said.size = Some(size(value).ok_or(Broken::Size)?),
            _ => {}
        }
        bytes = rest;
    }
    Ok(said)
}

fn line(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let blank = bytes.iter().take(20).position(|byte| *byte == b' ')?;
    let length = usize::try_from(decimal(&bytes[..blank])?).ok()?;
    let (line, rest) = bytes.split_at_checked(length)?;
    let line = line.get(blank + 1..)?.strip_suffix(b"\n")?;
    let equals = line.iter().position(|byte| *byte == b'=')?;
    Some((&line[..equals], &line[equals + 1..], rest))
}

fn size(value: &[u8]) -> Option<u64> {
    decimal(value).filter(|size| *size <= MAX_SIZE)
}

fn decimal(digits: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(digits).ok()?;
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_and_size_are_found_among_other_facts() {
        let said = read(b"30 mtime=1735689600.123456789\n12 path=a/b\n11 size=12\n").expect("facts");
        assert_eq!((said.path, said.size), (Some(&b"a/b"[..]), Some(12)));
        assert_eq!(read(b"").expect("nothing"), Said::default());
    }

    #[test]
    fn lines_that_lie_about_their_length_are_an_error() {
        for bytes in [
            &b"99 path=a\n"[..],
            b"0 path=a\n",
            b"3 path=a\n",
            b"9 path=a",
            b"path=a\n",
            b"7 path\n",
            b"+9 path=a\n",
            b"99999999999999999999999 a=b\n",
            b"\0\0\0\0",
        ] {
            assert_eq!(read(bytes), Err(Broken::Extended), "{bytes:?}");
        }
        for bytes in [
            &b"11 size=-1\n"[..],
            b"29 size=18446744073709551615\n",
            b"8 size=\n",
        ] {
            assert_eq!(read(bytes), Err(Broken::Size), "{bytes:?}");
        }
    }
}
