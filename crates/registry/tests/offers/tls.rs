//! Certificates: who vouches for a registry, and who does not. The registry has a name that is not loopback's, and is
//! reached through a proxy, because what is on this machine needs no certificate.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read, Write},
    net::TcpListener,
    path::Path,
    sync::Arc,
    thread,
};

use openssl::{
    asn1::Asn1Time,
    bn::BigNum,
    hash::MessageDigest,
    pkey::{PKey, Private},
    rsa::Rsa,
    ssl::{SslAcceptor, SslMethod, SslVerifyMode},
    x509::{
        X509, X509NameBuilder,
        extension::{BasicConstraints, SubjectAlternativeName},
    },
};
use registry::{Access, Offer, Proxies, Registry, RegistryError};

use crate::{
    fake::{Asked, Reply, Shelf},
    platforms,
};

const NAME: &str = "registry.test:5000";

/// A certificate, and where a registry is that has it.
struct Secured {
    certificate: X509,
    proxy: String,
}

/// A proxy behind which everything is this registry. It has a certificate for `named` that only it vouches for.
fn secured(named: &str, client: Option<&X509>) -> Secured {
    let (certificate, key) = certificate(named);
    let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).unwrap();
    acceptor.set_certificate(&certificate).unwrap();
    acceptor.set_private_key(&key).unwrap();
    if let Some(client) = client {
        acceptor.cert_store_mut().add_cert(client.clone()).unwrap();
        acceptor.set_verify(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT);
    }
    let (acceptor, shelf) = (Arc::new(acceptor.build()), Shelf::default());
    shelf.image("app", "1", "linux/arm64");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let (acceptor, shelf) = (acceptor.clone(), shelf.clone());
            thread::spawn(move || {
                head(&mut stream);
                stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").unwrap();
                // Who does not trust the certificate goes away here.
                if let Ok(mut stream) = acceptor.accept(stream) {
                    serve(&mut stream, &shelf);
                }
            });
        }
    });
    Secured { certificate, proxy }
}

/// One answer for each connection.
fn serve(stream: &mut (impl Read + Write), shelf: &Shelf) {
    let head = head(stream);
    let Some(path) = head.split(' ').nth(1) else {
        return;
    };
    let reply = shelf.answer(&Asked {
        method: "GET".to_owned(),
        path: path.to_owned(),
        query: String::new(),
        authorization: None,
        range: None,
        body: String::new(),
    });
    let _sent = stream.write_all(&written(&reply));
}

fn written(reply: &Reply) -> Vec<u8> {
    let crate::fake::Content::Whole(body) = &reply.body else {
        panic!("this shelf has nothing else");
    };
    let head = format!(
        "HTTP/1.1 {} Said\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        reply.status,
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// The lines up to the empty one.
fn head(stream: &mut impl Read) -> String {
    let mut lines = BufReader::with_capacity(1, stream).lines().map_while(Result::ok);
    let lines: Vec<_> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// A certificate that vouches for itself.
fn certificate(named: &str) -> (X509, PKey<Private>) {
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", named).unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_pubkey(&key).unwrap();
    let number = BigNum::from_u32(1).unwrap().to_asn1_integer().unwrap();
    builder.set_serial_number(&number).unwrap();
    builder
        .set_not_before(&Asn1Time::days_from_now(0).unwrap())
        .unwrap();
    builder
        .set_not_after(&Asn1Time::days_from_now(1).unwrap())
        .unwrap();
    let alternatives = SubjectAlternativeName::new()
        .dns(named)
        .build(&builder.x509v3_context(None, None));
    builder.append_extension(alternatives.unwrap()).unwrap();
    builder
        .append_extension(BasicConstraints::new().ca().build().unwrap())
        .unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    (builder.build(), key)
}

async fn offer(secured: &Secured, folder: &Path, insecure: &[&str]) -> Result<Offer, RegistryError> {
    let access = Access {
        certificates: vec![folder.to_owned()],
        insecure: insecure.iter().map(|&name| name.to_owned()).collect(),
        proxies: Proxies {
            https: Some(secured.proxy.clone()),
            ..Proxies::default()
        },
        ..Access::default()
    };
    Registry::new(access).offer(&format!("{NAME}/app:1")).await
}

/// A folder as Docker has it, in which `certificate` vouches for the registry called `name`.
fn vouching(name: &str, certificate: &X509) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(name)).unwrap();
    let file = folder.path().join(name).join("ca.crt");
    fs::write(file, certificate.to_pem().unwrap()).unwrap();
    folder
}

#[tokio::test]
async fn a_certificate_in_dockers_folder_vouches_for_its_registry_alone() {
    let secured = secured("registry.test", None);
    let own = vouching(NAME, &secured.certificate);
    let others = vouching("other.test", &secured.certificate);
    let found = offer(&secured, own.path(), &[]).await.unwrap();
    assert_eq!(platforms(&found), ["linux/arm64"]);
    let error = offer(&secured, others.path(), &[]).await.unwrap_err();
    let RegistryError::Unreachable { reason, .. } = error else {
        panic!("{error:?}");
    };
    assert!(reason.contains("certificate"), "{reason}");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_not_enough() {
    let secured = secured("other.test", None);
    let folder = vouching(NAME, &secured.certificate);
    let error = offer(&secured, folder.path(), &[]).await.unwrap_err();
    assert!(matches!(error, RegistryError::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn a_listed_registry_needs_nobody_to_vouch_for_it() {
    let secured = secured("other.test", None);
    let folder = tempfile::tempdir().unwrap();
    let found = offer(&secured, folder.path(), &[NAME]).await.unwrap();
    assert_eq!(platforms(&found), ["linux/arm64"]);
}

#[tokio::test]
async fn a_registry_can_want_to_see_our_certificate() {
    let (client, key) = certificate("ada");
    let secured = secured("registry.test", Some(&client));
    let folder = vouching(NAME, &secured.certificate);
    assert!(offer(&secured, folder.path(), &[]).await.is_err());
    let own = folder.path().join(NAME);
    fs::write(own.join("client.cert"), client.to_pem().unwrap()).unwrap();
    fs::write(own.join("client.key"), key.private_key_to_pem_pkcs8().unwrap()).unwrap();
    assert!(offer(&secured, folder.path(), &[]).await.is_ok());
}
