//! What registries offer: beside the actor, and with an engine only if one answers quickly.

use super::{Reply, actor::Actor, compose_files::ground};
use crate::{
    offers::{self, OffersRequest},
    view,
};

impl Actor {
    pub(super) fn offers(&mut self, request: OffersRequest, reply: Reply<view::Offers>) {
        let engine = self.quick_engine();
        let setup = self.setup.clone();
        tokio::spawn(async move {
            let ground = ground(engine, setup).await;
            reply.send(Ok(offers::offers(request, &ground).await)).ok();
        });
    }
}
