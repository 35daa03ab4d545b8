//! A script's first line, read exactly as Linux's `binfmt_script` reads it.

/// How much of a script the kernel looks at (`BINPRM_BUF_SIZE`, since Linux 5.1).
pub const KERNEL_LINE: usize = 256;

/// What a script's first line asks the kernel to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// The interpreter, decoded with loss. With CR LF endings and no argument
    /// the CR is its last character: that is the name the kernel looks for.
    pub interpreter: String,
    /// All that follows on the line, as the one argument that the kernel makes
    /// of it.
    pub argument: Option<String>,
    /// How the first line ends.
    pub line_ending: LineEnding,
    /// Whether a byte order mark stands before `#!`, so that the kernel does not
    /// see a script at all.
    pub byte_order_mark: bool,
    /// Why the kernel does not take this line, if it does not.
    pub refusal: Option<Refusal>,
    /// The first line with its ending, from `#!` on, at most [`KERNEL_LINE`]
    /// bytes.
    pub first_line: Vec<u8>,
}

/// How a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineEnding {
    /// Line feed, as Unix has it.
    Lf,
    /// Carriage return and line feed, as Windows has it.
    CrLf,
    /// No line feed within what the kernel looks at.
    None,
}

/// Why the kernel refuses a first line (with `ENOEXEC`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// Nothing but blanks follows `#!`.
    NoInterpreter,
    /// The interpreter's name does not end within [`KERNEL_LINE`] bytes.
    TooLong,
}

/// Reads the first line of a file that begins with `bytes`; `None` when it does
/// not begin with `#!`. Fewer than [`KERNEL_LINE`] bytes read as a whole file.
pub(crate) fn read(bytes: &[u8]) -> Option<Script> {
    if !bytes.starts_with(b"#!") {
        return None;
    }
    let line = first_line(bytes);
    let line_ending = match line {
        [.., b'\r', b'\n'] => LineEnding::CrLf,
        [.., b'\n'] => LineEnding::Lf,
        _ => LineEnding::None,
    };
    let (interpreter, argument, refusal) = match split(bytes) {
        Ok((interpreter, argument)) => (interpreter, argument, None),
        Err(refusal) => (rest_of(line), None, Some(refusal)),
    };
    Some(Script {
        interpreter,
        argument,
        line_ending,
        byte_order_mark: false,
        refusal,
        first_line: line.to_vec(),
    })
}

fn first_line(bytes: &[u8]) -> &[u8] {
    let seen = &bytes[..bytes.len().min(KERNEL_LINE)];
    match seen.iter().position(|byte| *byte == b'\n') {
        Some(end) => &seen[..=end],
        None => seen,
    }
}

/// What stands after `#!` where the kernel makes nothing of it.
fn rest_of(line: &[u8]) -> String {
    let rest = line.get(2..).unwrap_or_default();
    c_string(rest.trim_ascii())
}

/// The kernel's own steps (`load_script`), on its buffer: padded with NUL, and
/// with scans that include their last byte.
fn split(bytes: &[u8]) -> Result<(String, Option<String>), Refusal> {
    let mut buffer = [0_u8; KERNEL_LINE];
    let length = bytes.len().min(KERNEL_LINE);
    buffer[..length].copy_from_slice(&bytes[..length]);

    let mut end = line_end(&buffer)?;
    while is_blank(buffer[end - 1]) {
        end -= 1;
    }
    let name = find(&buffer, 2, end, |byte| !is_blank(byte)).ok_or(Refusal::NoInterpreter)?;
    if name == end {
        return Err(Refusal::NoInterpreter);
    }
    let separator = find(&buffer, name, end, is_terminator);
    let argument = separator
        .filter(|at| buffer[*at] != 0)
        .and_then(|at| find(&buffer, at, end, |byte| !is_blank(byte)))
        .map(|at| c_string(&buffer[at..end.max(at)]));
    Ok((c_string(&buffer[name..separator.unwrap_or(end)]), argument))
}

/// Where the line ends. Without a line feed the buffer's last byte is its end,
/// and only a name that visibly ends before it counts.
fn line_end(buffer: &[u8; KERNEL_LINE]) -> Result<usize, Refusal> {
    let last = KERNEL_LINE - 1;
    let stop = buffer.iter().position(|byte| matches!(byte, b'\n' | 0));
    if let Some(end) = stop.filter(|at| buffer[*at] == b'\n') {
        return Ok(end);
    }
    let name = find(buffer, 2, last, |byte| !is_blank(byte)).ok_or(Refusal::NoInterpreter)?;
    find(buffer, name, last, is_terminator)
        .map(|_| last)
        .ok_or(Refusal::TooLong)
}

/// The first byte from `from` up to and including `to` that is as asked.
fn find(buffer: &[u8], from: usize, to: usize, wanted: impl Fn(u8) -> bool) -> Option<usize> {
    (from..=to).find(|at| wanted(buffer[*at]))
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn is_terminator(byte: u8) -> bool {
    is_blank(byte) || byte == 0
}

fn c_string(bytes: &[u8]) -> String {
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(text).into_owned()
}
