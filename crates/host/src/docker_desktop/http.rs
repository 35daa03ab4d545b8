//! As much of HTTP/1.1 as a question to a socket of this machine needs: bytes in, an answer, more to come or a fault out.

/// Docker Desktop's settings have about 20 KiB.
pub(crate) const LIMIT: usize = 1024 * 1024;
/// A head has a few hundred bytes.
const HEAD: usize = 16 * 1024;
/// What is wrong with an answer beyond [`LIMIT`].
pub(crate) const TOO_LARGE: &str = "it is larger than settings are";

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// The question for `page`; the other side is asked to close after its answer.
pub(crate) fn question(page: &str) -> String {
    request("GET", page, "")
}

/// A request with a JSON document, empty for none.
pub(crate) fn request(method: &str, page: &str, body: &str) -> String {
    let content = match body.len() {
        0 => String::new(),
        length => format!("Content-Type: application/json\r\nContent-Length: {length}\r\n"),
    };
    format!(
        "{method} {page} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nConnection: close\r\n{content}\r\n{body}"
    )
}

/// What `bytes` say so far; `None` while more is to come. `ended` is true when nothing more comes.
pub(crate) fn response(bytes: &[u8], ended: bool) -> Result<Option<Response>, &'static str> {
    let Some(end) = find(bytes, b"\r\n\r\n") else {
        return match (ended, bytes.len() > HEAD) {
            (false, false) => Ok(None),
            (true, _) => Err("it ends before its head does"),
            (false, true) => Err("its head has no end"),
        };
    };
    let head = std::str::from_utf8(&bytes[..end]).map_err(|_| "its head is not text")?;
    let mut lines = head.split("\r\n");
    let status = status(lines.next().unwrap_or_default()).ok_or("it is not HTTP")?;
    let fields: Vec<_> = lines.filter_map(|line| line.split_once(':')).collect();
    let field = |name: &str| {
        let found = fields
            .iter()
            .find(|(key, _)| key.trim().eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim())
    };
    let rest = &bytes[end + 4..];
    let body = match (field("transfer-encoding"), field("content-length")) {
        (Some(coding), _) if coding.eq_ignore_ascii_case("chunked") => unchunked(rest)?,
        (Some(_), _) => return Err("its body is in a coding that is not known"),
        (None, _) if matches!(status, 204 | 304) => Some(Vec::new()),
        (None, Some(length)) => {
            let length: usize = length.parse().map_err(|_| "its length is no number")?;
            if length > LIMIT {
                return Err(TOO_LARGE);
            }
            rest.get(..length).map(<[u8]>::to_vec)
        }
        (None, None) => ended.then(|| rest.to_vec()),
    };
    match body {
        Some(body) if body.len() > LIMIT => Err(TOO_LARGE),
        Some(body) => Ok(Some(Response { status, body })),
        None if ended => Err("it ends before its body does"),
        None => Ok(None),
    }
}

fn status(line: &str) -> Option<u16> {
    let mut words = line.split(' ');
    words.next()?.starts_with("HTTP/1.").then_some(())?;
    words
        .next()?
        .parse()
        .ok()
        .filter(|status| (100..600).contains(status))
}

fn unchunked(mut rest: &[u8]) -> Result<Option<Vec<u8>>, &'static str> {
    let mut body = Vec::new();
    loop {
        let Some(end) = find(rest, b"\r\n") else {
            return Ok(None);
        };
        let line = std::str::from_utf8(&rest[..end]).map_err(|_| "a chunk has no size")?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| "a chunk has no size")?;
        if size > LIMIT || body.len() > LIMIT {
            return Err(TOO_LARGE);
        }
        if size == 0 {
            return Ok(Some(body));
        }
        let Some(chunk) = rest.get(end + 2..end + 2 + size) else {
            return Ok(None);
        };
        body.extend_from_slice(chunk);
        let Some(after) = rest.get(end + 2 + size + 2..) else {
            return Ok(None);
        };
        rest = after;
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(bytes: &[u8]) -> Option<(u16, Vec<u8>)> {
        let response = response(bytes, false).expect("it is an answer");
        response.map(|it| (it.status, it.body))
    }

    #[test]
    fn every_usual_form_of_an_answer_is_read() {
        let length = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}and more";
        assert_eq!(said(length), Some((200, b"{}".to_vec())));
        let chunked =
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n1;x=y\r\n{\r\n1\r\n}\r\n0\r\n\r\n";
        assert_eq!(said(chunked), Some((200, b"{}".to_vec())));
        let closed = b"HTTP/1.0 200 OK\r\n\r\n{}";
        assert_eq!(said(closed), None);
        let empty = b"HTTP/1.1 204 No Content\r\n\r\n";
        assert_eq!(said(empty), Some((204, Vec::new())));
        let body = response(closed, true).map(|it| it.map(|it| it.body));
        assert_eq!(body, Ok(Some(b"{}".to_vec())));
    }

    #[test]
    fn a_part_of_an_answer_waits_for_the_rest() {
        let whole = b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno";
        for end in 0..whole.len() {
            assert_eq!(response(&whole[..end], false), Ok(None), "{end}");
            assert!(response(&whole[..end], true).is_err(), "{end}");
        }
        assert_eq!(
            response(whole, false).map(|it| it.map(|it| it.status)),
            Ok(Some(404))
        );
    }

    #[test]
    fn what_is_no_answer_is_a_fault() {
        for bytes in [
            &b"SSH-2.0-x\r\n\r\n"[..],
            b"HTTP/1.1 9 x\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
        ] {
            assert!(
                response(bytes, false).is_err(),
                "{}",
                String::from_utf8_lossy(bytes)
            );
        }
        assert!(response(&vec![b'x'; HEAD + 1], false).is_err());
    }
}
