//! Verifying a tag: beside the actor, for as long as somebody waits for it, and with an engine only if one answers quickly.

use super::{Reply, actor::Actor, compose_files::ground};
use crate::{
    verify::{self, VerifyRequest},
    view,
};

impl Actor {
    pub(super) fn verify(&mut self, request: VerifyRequest, mut reply: Reply<view::Verification>) {
        let engine = self.quick_engine();
        let setup = self.setup.clone();
        tokio::spawn(async move {
            let answer = async {
                let ground = ground(engine, setup).await;
                verify::verify(request, &ground.registry).await
            };
            let answer = tokio::select! {
                answer = answer => answer,
                () = reply.closed() => return,
            };
            reply.send(answer).ok();
        });
    }
}
