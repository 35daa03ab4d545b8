//! What `registry` makes of a real registry, asked from where that one can be reached: inside of an engine's namespaces.

use std::{
    env, fs,
    path::Path,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use lab::{Archlight, Engine, FOREIGN, Generation, ImageSpec, Loading, NATIVE, Variant};
use registry::{Access, Kind, Offer, Registry};

/// Set for the process that asks: the reference, and the folder of Docker's configuration.
const ASKED: &str = "ARCHLIGHT_LAB_ASKED";
const CONFIG: &str = "ARCHLIGHT_LAB_CONFIG";
/// What stands before its answers in what that process prints.
const ANSWER: &str = "answer ";

#[test]
fn a_real_registry_tells_its_platforms_and_their_sizes() {
    if let Ok(reference) = env::var(ASKED) {
        return tell(&reference);
    }
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::New);
    let several = ["linux/arm64", "linux/amd64", "linux/arm/v7"];
    let index = several
        .iter()
        .fold(ImageSpec::new("lab/several", "1"), |image, platform| {
            image.variant(filled(platform))
        });
    let index = engine.push(&index.attested());
    let single = engine.push(&ImageSpec::new("lab/single", "1").variant(filled("linux/s390x")));

    let answers = ask(&engine, &index);
    assert_eq!(answers[0], format!("Index {index}"));
    let platforms: Vec<_> = answers[1..].iter().map(|line| line.split(' ').next()).collect();
    assert_eq!(platforms, several.map(Some), "{answers:?}");
    for answer in &answers[1..] {
        let words: Vec<_> = answer.split(' ').collect();
        let [platform, digest, size] = words[..] else {
            panic!("{answer}");
        };
        assert!(size.parse::<u64>().is_ok_and(|size| size > 0), "{answer}");
        // What the registry is asked to call one platform's image is what the engine pulls for it.
        let repository = index.rsplit_once(':').expect("it has a tag").0;
        let pulled = format!("{repository}@{digest}");
        engine.docker_ok(&["pull", "--quiet", &pulled]);
        let format = "{{.Os}}/{{.Architecture}}{{if .Variant}}/{{.Variant}}{{end}}";
        let said = engine.docker_ok(&["image", "inspect", "--format", format, &pulled]);
        assert!(said.starts_with(platform), "{said} is not {platform}");
    }

    let answers = ask(&engine, &single);
    assert_eq!(answers[0], format!("Manifest {single}"));
    assert!(answers[1].starts_with("linux/s390x sha256:"), "{answers:?}");
    let absent = ask(&engine, "127.0.0.1:5000/lab/absent:1");
    assert_eq!(absent, ["`127.0.0.1:5000` has no `127.0.0.1:5000/lab/absent:1`"]);
}

#[test]
fn a_real_registry_that_wants_a_password_gets_that_of_the_configuration() {
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::Old);
    let pushed = engine.push(&ImageSpec::new("lab/single", "1").variant(filled("linux/s390x")));
    let reference = pushed.replace(engine.registry(), GUARDED);
    let mut guarded = guarded(&lab, &engine);

    let config = engine.folder().join("client-of-guarded");
    fs::create_dir(&config).expect("the engine's folder can be written");
    let login = |password: &str| {
        let login =
            format!(r#"{{"auths": {{"{GUARDED}": {{"username": "testuser", "password": "{password}"}}}}}}"#);
        fs::write(config.join("config.json"), login).expect("the engine's folder can be written");
    };
    let limit = Instant::now() + Duration::from_secs(20);
    let mut answers = ask(&engine, &reference);
    while answers[0].contains("cannot be reached") && Instant::now() < limit {
        thread::sleep(Duration::from_millis(50));
        answers = ask(&engine, &reference);
    }
    assert!(answers[0].contains("nobody is logged in there"), "{answers:?}");
    login("wrong");
    let refused = ask_as(&engine, &reference, &config);
    assert!(
        refused[0].contains("with the credentials that Docker has"),
        "{refused:?}"
    );
    login("testpassword");
    let allowed = ask_as(&engine, &reference, &config);
    assert_eq!(allowed[0], format!("Manifest {reference}"));
    drop(engine);
    guarded.wait().expect("it was started");
}

#[test]
fn a_re_run_pulls_from_a_registry_that_wants_a_password() {
    let lab = lab::require!("real engines");
    for generation in Generation::ALL {
        let engine = lab.start(generation);
        engine.enable_translator(FOREIGN, Loading::Registration);
        let platforms = [NATIVE, FOREIGN].map(|architecture| format!("linux/{architecture}"));
        let image = ImageSpec::new("lab/private", "1");
        let image = platforms
            .iter()
            .fold(image, |image, platform| image.variant(filled(platform)));
        let pushed = engine.push(&image);
        let reference = pushed.replace(engine.registry(), GUARDED);
        engine.docker_ok(&["pull", "--quiet", "--platform", &platforms[0], &pushed]);
        engine.docker_ok(&["tag", &pushed, &reference]);
        engine.docker_ok(&["create", "--name", "app", "--platform", &platforms[0], &reference]);
        let mut guarded = guarded(&lab, &engine);
        let archlight = Archlight::for_engine(&engine);
        let rerun = || archlight.ask_inside(&engine, &["rerun", "app", "--platform", &platforms[1], "--yes"]);
        assert!(rerun()["new_id"].is_null(), "nobody is logged in");

        let folder = archlight.home().join(".docker");
        fs::create_dir(&folder).expect("it is a home folder");
        let login = format!(
            r#"{{"auths": {{"{GUARDED}": {{"username": "testuser", "password": "testpassword"}}}}}}"#
        );
        fs::write(folder.join("config.json"), login).expect("it is a home folder");
        let limit = Instant::now() + Duration::from_secs(20);
        let mut done = rerun();
        while done["new_id"].is_null() && Instant::now() < limit {
            thread::sleep(Duration::from_millis(50));
            done = rerun();
        }
        assert_eq!(done["to"], platforms[1].as_str(), "{generation:?}: {done}");
        assert!(!done.to_string().contains("testpassword"));
        drop(engine);
        guarded.wait().expect("it was started");
    }
}

/// Where the registry with a password listens, inside of the namespaces.
const GUARDED: &str = "127.0.0.1:5001";

/// A second registry with what the first one has, for `testuser` with `testpassword` alone. It ends with the engine.
fn guarded(lab: &lab::Lab, engine: &Engine) -> Child {
    let (folder, users) = (engine.folder(), engine.folder().join("users"));
    let hash = "$2y$05$8/q2bfRcX74EuxGf0qOcSuhWDQJXrgWiy6Fi73/JM2tKC66qSrLve";
    fs::write(&users, format!("testuser:{hash}\n")).expect("the engine's folder can be written");
    let config = format!(
        "version: 0.1\nstorage: {{filesystem: {{rootdirectory: {0}/registry}}}}\nhttp: {{addr: '{GUARDED}'}}\n\
         auth: {{htpasswd: {{realm: lab, path: {0}/users}}}}\n",
        folder.display()
    );
    fs::write(folder.join("guarded.yml"), config).expect("the engine's folder can be written");
    engine
        .command(lab.cache().join("old/usr/bin/docker-registry"))
        .arg("serve")
        .arg(folder.join("guarded.yml"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the registry is in the cache")
}

/// An image with something to download in it.
fn filled(platform: &str) -> Variant {
    Variant::new(platform)
        .file("/file", 0o644, vec![b'x'; 4096])
        .config("Cmd", serde_json::json!(["/file"]))
}

/// Runs this test again, inside of the engine's namespaces, and gives what it says there.
fn ask(engine: &Engine, reference: &str) -> Vec<String> {
    ask_as(engine, reference, &engine.folder().join("nobody"))
}

/// Like [`ask`], with what Docker's configuration has in this folder.
fn ask_as(engine: &Engine, reference: &str, config: &Path) -> Vec<String> {
    let program = env::current_exe().expect("it is running");
    let output = engine
        .command("env")
        .arg(format!("{ASKED}={reference}"))
        .arg(format!("{CONFIG}={}", config.display()))
        .arg(program)
        .args(["--exact", "a_real_registry_tells_its_platforms_and_their_sizes"])
        .arg("--nocapture")
        .output()
        .expect("it can be run again");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{output:?}");
    let answers = text.lines().filter_map(|line| Some(line.split_once(ANSWER)?.1));
    answers.map(str::to_owned).collect()
}

#[expect(clippy::print_stdout, reason = "the process that started this one reads it")]
fn tell(reference: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be had");
    let registry = Registry::new(Access {
        docker_config: env::var_os(CONFIG).map(Into::into),
        ..Access::default()
    });
    match runtime.block_on(registry.offer(reference)) {
        Err(error) => println!("\n{ANSWER}{error}"),
        Ok(offer) => {
            println!("\n{ANSWER}{}", head(&offer));
            for build in &offer.builds {
                let size = runtime
                    .block_on(registry.size(reference, &build.digest))
                    .expect("the registry has what it offers");
                println!("{ANSWER}{} {} {size}", build.platform, build.digest);
            }
        }
    }
}

fn head(offer: &Offer) -> String {
    let kind = match offer.kind {
        Kind::Index => "Index",
        Kind::Manifest => "Manifest",
    };
    format!("{kind} {}", offer.reference)
}
