//! Puts images into an engine's registry, over the socket that the registry keeps for tests.

use std::{
    io::{Read as _, Write as _},
    os::unix::net::UnixStream,
};

use crate::{
    Engine, ImageSpec,
    image::{Blob, Manifest},
};

impl Engine {
    /// Makes the image and puts it into the registry. Gives the reference that this engine can pull.
    ///
    /// # Panics
    /// When the registry refuses it.
    pub fn push(&self, image: &ImageSpec) -> String {
        let (blobs, manifests) = image.build();
        for blob in &blobs {
            self.put_blob(&image.name, blob);
        }
        for manifest in &manifests {
            self.put_manifest(&image.name, &manifest.blob.digest, manifest);
        }
        let last = manifests.last().expect("an image has at least an index");
        self.put_manifest(&image.name, &image.tag, last);
        format!("{}/{}:{}", self.registry(), image.name, image.tag)
    }

    fn put_blob(&self, name: &str, blob: &Blob) {
        let uploads = format!("/v2/{name}/blobs/uploads/");
        let upload = self.request("POST", &uploads, "text/plain", &[]);
        let place = upload
            .lines()
            .find_map(|line| line.strip_prefix("Location: "))
            .unwrap_or_else(|| panic!("the registry takes no blob: {upload}"));
        let place = format!("{place}&digest={}", blob.digest);
        let answer = self.request("PUT", &place, "application/octet-stream", &blob.bytes);
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    }

    fn put_manifest(&self, name: &str, reference: &str, manifest: &Manifest) {
        let place = format!("/v2/{name}/manifests/{reference}");
        let answer = self.request("PUT", &place, manifest.media_type, &manifest.blob.bytes);
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    }

    /// One request on a connection of its own; gives the whole answer with its headers.
    fn request(&self, method: &str, place: &str, kind: &str, body: &[u8]) -> String {
        let head = format!(
            "{method} {place} HTTP/1.1\r\nHost: registry\r\nConnection: close\r\n\
             Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let mut answer = String::new();
        UnixStream::connect(self.registry_socket())
            .and_then(|mut registry| {
                registry.write_all(head.as_bytes())?;
                registry.write_all(body)?;
                registry.read_to_string(&mut answer)
            })
            .expect("the registry answers");
        answer
    }
}
