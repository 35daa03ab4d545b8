//! Manifests and blobs of one registry, with all that is needed to be given them.

use reqwest::{Method, StatusCode};

use crate::{
    RegistryError,
    answer::Answer,
    ask::Question,
    body::Body,
    challenge::Challenge,
    digest::Digest,
    host::{Base, First, Host},
    pass::Pass,
};

/// The most bytes of a manifest: what registries themselves take at most.
pub(crate) const MANIFEST_BYTES: usize = 4 * 1024 * 1024;

/// The most bytes of an image's configuration: it has the history of every layer, and tools put lists of packages in its
/// labels.
pub(crate) const CONFIG_BYTES: usize = 8 * 1024 * 1024;

/// The most bytes of a page of tags: a thousand of them, each as long as it may be, and what is around them.
const TAGS_BYTES: usize = 1024 * 1024;

/// What is understood, and anything else last: a registry then sends the old format too, so that it can be named.
const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.v2+json, */*";

/// One part of a repository.
pub(crate) struct Part<'a> {
    pub(crate) repository: &'a str,
    /// A tag or a digest.
    pub(crate) version: &'a str,
    /// What an error calls it.
    pub(crate) shown: &'a str,
}

/// Which part is wanted, and how.
#[derive(Clone, Copy)]
enum Wanted {
    /// A manifest's head, which no registry counts as a pull.
    Head,
    Manifest,
    Config,
    /// A layer's head, by which the registry is met.
    LayerHead,
    /// A layer, which is received by and by.
    Layer,
    /// A list of tags, of which the version is the last part of the path, with its query.
    Tags,
}

impl Host {
    /// The digest that a tag has now, without its manifest; `None` when this registry does not say it.
    pub(crate) async fn head(&self, part: &Part<'_>) -> Result<Option<Digest>, RegistryError> {
        let answer = self.fetch(part, Wanted::Head).await?;
        Ok(answer.digest().filter(|_| answer.status == StatusCode::OK))
    }

    /// A manifest as it was sent; its digest is not verified yet, because the old format's cannot be.
    pub(crate) async fn manifest(&self, part: &Part<'_>) -> Result<Answer, RegistryError> {
        self.fetch(part, Wanted::Manifest).await
    }

    /// An image's configuration; its digest is not verified yet.
    pub(crate) async fn config(&self, part: &Part<'_>) -> Result<Vec<u8>, RegistryError> {
        Ok(self.fetch(part, Wanted::Config).await?.body)
    }

    /// A page of a repository's tags.
    pub(crate) async fn tags(&self, part: &Part<'_>) -> Result<Answer, RegistryError> {
        self.fetch(part, Wanted::Tags).await
    }

    /// A layer's bytes from `from` on, as they come. Nothing of them is verified.
    pub(crate) async fn layer(&self, part: &Part<'_>, from: u64) -> Result<Body<'_>, RegistryError> {
        let nothing = Pass::nothing();
        let (First::Known(base) | First::Answered(base, _)) = self
            .meet(|base| self.question(base, part, Wanted::LayerHead, &nothing))
            .await?;
        let mut pass = self.passes.get(self, &base, part.repository).await?;
        let question = self.question(&base, part, Wanted::Layer, &pass)?;
        let (mut response, mut place) = self.open(&question, from).await?;
        let other = self
            .other_pass(&base, part, &pass, &Answer::head(&response))
            .await?;
        if let Some(other) = other {
            pass = other;
            drop((response, place));
            let question = self.question(&base, part, Wanted::Layer, &pass)?;
            (response, place) = self.open(&question, from).await?;
        }
        if response.status() != StatusCode::PARTIAL_CONTENT {
            self.judge(Answer::head(&response), part, Wanted::Layer, &pass)?;
        }
        Body::new(self, response, place, from)
    }

    async fn fetch(&self, part: &Part<'_>, wanted: Wanted) -> Result<Answer, RegistryError> {
        let nothing = Pass::nothing();
        let (base, first) = match self
            .meet(|base| self.question(base, part, wanted, &nothing))
            .await?
        {
            First::Known(base) => (base, None),
            First::Answered(base, answer) => (base, Some(answer)),
        };
        let mut pass = self.passes.get(self, &base, part.repository).await?;
        let mut answer = match first {
            Some(answer) => answer,
            None => self.ask(self.question(&base, part, wanted, &pass)?).await?,
        };
        let other = self.other_pass(&base, part, &pass, &answer).await?;
        if let Some(other) = other {
            pass = other;
            answer = self.ask(self.question(&base, part, wanted, &pass)?).await?;
        }
        self.judge(answer, part, wanted, &pass)
    }

    /// What else could be shown after an answer that may be for want of it; `None` when there is nothing.
    async fn other_pass(
        &self,
        base: &Base,
        part: &Part<'_>,
        pass: &Pass,
        answer: &Answer,
    ) -> Result<Option<Pass>, RegistryError> {
        match answer.status {
            StatusCode::UNAUTHORIZED => {
                let base = base.refused_with(Challenge::read(&answer.headers));
                let other = self.passes.renew(self, pass, &base, part.repository).await?;
                if other.is_some() {
                    self.adopt(&base.challenge).await;
                }
                Ok(other)
            }
            // Some say that a thing is not there to those who may not see it.
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => match self.greet_again(base).await {
                Some(base) => self.passes.get(self, &base, part.repository).await.map(Some),
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }

    fn question(
        &self,
        base: &Base,
        part: &Part<'_>,
        wanted: Wanted,
        pass: &Pass,
    ) -> Result<Question<'_>, RegistryError> {
        let (kind, method, accept, limit, what) = match wanted {
            Wanted::Head => ("manifests", Method::HEAD, MANIFESTS, 0, "a manifest"),
            Wanted::Manifest => ("manifests", Method::GET, MANIFESTS, MANIFEST_BYTES, "a manifest"),
            Wanted::Config => (
                "blobs",
                Method::GET,
                "*/*",
                CONFIG_BYTES,
                "an image's configuration",
            ),
            Wanted::LayerHead => ("blobs", Method::HEAD, "*/*", 0, "a layer"),
            Wanted::Layer => ("blobs", Method::GET, "*/*", 0, "a layer"),
            Wanted::Tags => (
                "tags",
                Method::GET,
                "application/json",
                TAGS_BYTES,
                "a list of tags",
            ),
        };
        let path = format!("v2/{}/{kind}/{}", part.repository, part.version);
        Ok(Question {
            registry: self.name(),
            method,
            url: base
                .url
                .join(&path)
                .map_err(|_| self.invalid("its name is not a host's"))?,
            accept,
            authorization: pass.header.clone(),
            form: None,
            limit,
            what,
        })
    }

    fn judge(
        &self,
        answer: Answer,
        part: &Part<'_>,
        wanted: Wanted,
        pass: &Pass,
    ) -> Result<Answer, RegistryError> {
        match (answer.status, wanted) {
            // Some registries know no HEAD; the manifest itself then says more.
            (StatusCode::OK, _)
            | (StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED, Wanted::Head) => Ok(answer),
            (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => Err(self.denied(&pass.credential)),
            (StatusCode::NOT_FOUND, _) => Err(RegistryError::NotThere {
                registry: self.name().to_owned(),
                what: part.shown.to_owned(),
            }),
            (status, _) if status.is_server_error() => Err(self.failing(status)),
            _ => Err(self.invalid("it refuses a request that every registry answers")),
        }
    }
}

#[cfg(test)]
mod tests {
    use oci_client::manifest::{
        IMAGE_MANIFEST_LIST_MEDIA_TYPE, IMAGE_MANIFEST_MEDIA_TYPE, OCI_IMAGE_INDEX_MEDIA_TYPE,
        OCI_IMAGE_MEDIA_TYPE,
    };

    use super::*;

    #[test]
    fn every_format_is_asked_for() {
        for format in [
            IMAGE_MANIFEST_LIST_MEDIA_TYPE,
            IMAGE_MANIFEST_MEDIA_TYPE,
            OCI_IMAGE_INDEX_MEDIA_TYPE,
            OCI_IMAGE_MEDIA_TYPE,
        ] {
            assert!(MANIFESTS.contains(format), "{format}");
        }
    }
}
