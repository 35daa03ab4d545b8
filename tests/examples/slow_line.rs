//! A line to a server that takes its time: `slow_line SERVER MILLISECONDS`.
//!
//! Prints the port that it listens at on loopback, and then the first line of every HTTP request that goes through it. A
//! connection takes one delay to be made, and each request one to arrive; connections do not wait for each other.

use std::{
    env,
    error::Error,
    io::{self, Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    thread,
    time::Duration,
};

/// What is read at a time; requests without a body come in one piece.
const CHUNK: usize = 64 * 1024;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(server), Some(delay)) = (arguments.next(), arguments.next()) else {
        return Err("say the server and the milliseconds".into());
    };
    let delay = Duration::from_millis(delay.parse()?);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    say(&listener.local_addr()?.port().to_string())?;
    for client in listener.incoming() {
        let (client, server) = (client?, server.clone());
        thread::spawn(move || through(&client, &server, delay));
    }
    Ok(())
}

fn through(client: &TcpStream, server: &str, delay: Duration) -> io::Result<()> {
    thread::sleep(delay);
    let server = TcpStream::connect(server)?;
    for end in [client, &server] {
        end.set_nodelay(true)?;
    }
    let (mut answers, mut back) = (server.try_clone()?, client.try_clone()?);
    thread::spawn(move || {
        io::copy(&mut answers, &mut back).ok();
        back.shutdown(Shutdown::Both).ok();
    });
    let done = forward(client, &server, delay);
    server.shutdown(Shutdown::Both).ok();
    done
}

fn forward(mut client: &TcpStream, mut server: &TcpStream, delay: Duration) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = client.read(&mut chunk)?;
        let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else {
            return Ok(());
        };
        let first = bytes.split(|byte| *byte == b'\r').next().unwrap_or_default();
        if first.ends_with(b"HTTP/1.1") {
            say(&String::from_utf8_lossy(first))?;
        }
        thread::sleep(delay);
        server.write_all(bytes)?;
    }
}

fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
