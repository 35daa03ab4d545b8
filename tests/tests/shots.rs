//! Pictures of the real window. `./dev shots` takes all of them; otherwise one is taken, so that this cannot rot.

use std::{
    collections::BTreeSet,
    env, fs,
    io::{Read as _, Write as _},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
};

use lab::{Appearance, Archlight, Interruption, Opening, Place, Victim, Window};
use sample::Sample;
use tokio::runtime::Runtime;

/// Where the pictures go; it is set when all of them are wanted.
const FOLDER: &str = "ARCHLIGHT_SHOTS";

/// The size that the program itself chooses, and one at which a pane gives way.
const SIZES: [(&str, u32, u32); 2] = [("wide", 1240, 800), ("narrow", 720, 700)];

/// What the bytes are called that show a cause.
const PROOF: &str = "The bytes that prove it";

/// A page on which something went wrong has a handful of colours; letters alone have more than this.
const MANY_COLOURS: usize = 50;

#[test]
fn the_window_can_be_pictured() {
    lab::require_display!("pictures of the window");
    if let Some(folder) = env::var_os(FOLDER) {
        return picture_all(&PathBuf::from(folder));
    }
    let window = Opening::sample().open();
    window.see(&Place::row("legacy-api"));
    check(&window.picture(), 1240, 800);
}

fn picture_all(folder: &Path) {
    fs::create_dir_all(folder).expect("the folder can be made");
    for (colours, appearance) in [("light", Appearance::Light), ("dark", Appearance::Dark)] {
        let shoot = |window: &Window, scene: &str| {
            for (size, width, height) in SIZES {
                window.resize(width, height);
                let picture = window.picture();
                check(&picture, width, height);
                let file = folder.join(format!("{scene}-{colours}-{size}.png"));
                fs::write(file, picture).expect("the folder can be written");
            }
        };
        picture_sample(appearance, shoot);
        picture_several(appearance, shoot);
        picture_interrupted(appearance, shoot);
        picture_trouble(appearance, shoot);
    }
}

fn picture_sample(appearance: Appearance, shoot: impl Fn(&Window, &str)) {
    let window = Opening::sample().in_colours(appearance).open();
    window.see(&Place::row("legacy-api").saying("is built for"));
    window.see_gone(&Place::named("Still listing"));
    shoot(&window, "containers");
    window.press(&Place::row("legacy-api"));
    let remedy = Place::item().saying("Re-run as").within(&Place::named("Details"));
    window.see(&remedy);
    shoot(&window, "inspector");
    window.press(&Place::tab("Files"));
    window.see(&Place::named(PROOF));
    shoot(&window, "files");
    window.press(&Place::tab("Logs"));
    window.see(&Place::named("Search the log"));
    shoot(&window, "logs");
    window.press(&Place::tab("Why it crashed"));
    window.press(&Place::button("Re-run").within(&remedy));
    window.see(&Place::named("The same as a command"));
    shoot(&window, "rerun");
    window.press(&Place::button("Cancel"));
    go_to(&window, "Images");
    window.see(&Place::item().saying("acme/legacy-api:2.3"));
    shoot(&window, "images");
    let image = Place::item().saying("acme/legacy-api:2.3");
    window.press(&Place::element("button").within(&image));
    window.see(&Place::named(PROOF));
    shoot(&window, "image");
}

/// From the rows to what came of each: one is left out, and one is gone before its turn.
fn picture_several(appearance: Appearance, shoot: impl Fn(&Window, &str)) {
    let runtime = Runtime::new().expect("a runtime needs nothing special");
    let engine = start(&runtime);
    let window = opening(&engine).in_colours(appearance).open();
    window.see(&Place::row("legacy-api").saying("is built for"));
    window.see_gone(&Place::named("Still listing"));
    for name in ["mailpit", "shop-db-1", "shop-cache-1", "worker", "legacy-api"] {
        window.add(&Place::row(name));
    }
    window.see(&Place::element("h1").saying("5 containers selected"));
    shoot(&window, "several");
    window.resize(SIZES[0].1, SIZES[0].2);
    window.press(&Place::button("Re-run 4 containers…"));
    window.see(&Place::sheet().saying("To pull"));
    shoot(&window, "several-plan");
    let section = Place::item().within(&Place::named("Each container"));
    window.press(&Place::element("input").within(&section.saying("shop-cache-1")));
    window.see(&Place::button("Re-run 3 containers"));
    window.press(&Place::element("summary").within(&section.saying("shop-cache-1")));
    shoot(&window, "several-plan-open");
    remove(&engine, "worker");
    window.press(&Place::button("Re-run 3 containers"));
    window.see(&Place::sheet().saying("Re-running"));
    window.press(&Place::button("Close").within(&Place::sheet()));
    window.see(&Place::element("strong").saying("were re-run"));
    shoot(&window, "several-strip");
    window.press(&Place::button("Show"));
    window.see(&Place::sheet().saying("1 could not be"));
    shoot(&window, "several-results");
}

/// Removes a container behind everybody's back.
fn remove(engine: &Sample, name: &str) {
    let mut stream = UnixStream::connect(engine.socket()).expect("the sample engine listens");
    let request = format!("DELETE /containers/{name} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it listens");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
}

fn start(runtime: &Runtime) -> Sample {
    runtime
        .block_on(sample::start())
        .expect("the sample engine needs a folder only")
}

fn picture_trouble(appearance: Appearance, shoot: impl Fn(&Window, &str)) {
    let window = Opening::at("unix:///nowhere/docker.sock")
        .in_colours(appearance)
        .open();
    window.see(&Place::alert().saying("/nowhere/docker.sock"));
    shoot(&window, "no-engine");
    go_to(&window, "Set-up");
    window.see(&Place::named("Checks").saying("since no engine answered"));
    shoot(&window, "setup-no-engine");

    let runtime = Runtime::new().expect("a runtime needs nothing special");
    let engine = start(&runtime);
    let window = opening(&engine).in_colours(appearance).open();
    window.see(&Place::row("legacy-api").saying("is built for"));
    go_to(&window, "Set-up");
    window.see(&Place::named("Checks").saying("image store"));
    shoot(&window, "setup");
    go_to(&window, "Containers");
    drop(engine);
    // Its connections end with it.
    drop(runtime);
    window.see(&Place::alert().saying("The engine stopped answering"));
    shoot(&window, "lost");
}

/// A re-run whose program was killed while the old container was making way.
fn picture_interrupted(appearance: Appearance, shoot: impl Fn(&Window, &str)) {
    let runtime = Runtime::new().expect("a runtime needs nothing special");
    let engine = start(&runtime);
    let archlight = Archlight::at("");
    let victim = Victim::default();
    let heard = victim.clone();
    let socket = archlight.home().join("interruption.sock");
    let interruption = Interruption::before(&socket, engine.socket(), "/rename", move || {
        heard.signal("KILL");
    });
    let words = [
        "rerun",
        "shop-cache-1",
        "--by-hand",
        "--platform",
        "native",
        "--yes",
    ];
    let mut command = archlight.command(&words);
    victim.run(command.env("DOCKER_HOST", interruption.docker_host()));
    assert!(interruption.came(), "the re-run did not come that far");

    let window = opening(&engine).knowing(&archlight).in_colours(appearance).open();
    window.see(&Place::row("legacy-api").saying("is built for"));
    window.see(&Place::note().saying("A re-run was interrupted"));
    window.see_gone(&Place::named("Still listing"));
    shoot(&window, "interrupted");
    window.press(&Place::button("Finish it…"));
    window.see(&Place::named("The same as a command"));
    shoot(&window, "interrupted-finish");
}

fn go_to(window: &Window, view: &str) {
    let entry = Place::element("button").saying(view);
    window.press(&entry.within(&Place::named("Views")));
}

fn opening(engine: &Sample) -> Opening {
    Opening::at(&format!("unix://{}", engine.socket().display()))
}

/// Whether it is a picture of this size with something on it.
fn check(picture: &[u8], width: u32, height: u32) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture))
        .read_info()
        .expect("it is a PNG");
    let mut bytes = vec![0; reader.output_buffer_size().expect("it is small")];
    let frame = reader.next_frame(&mut bytes).expect("it is whole");
    assert_eq!((frame.width, frame.height), (width, height));
    let colours: BTreeSet<_> = bytes.chunks_exact(frame.color_type.samples()).collect();
    assert!(colours.len() > MANY_COLOURS, "only {} colours", colours.len());
}
