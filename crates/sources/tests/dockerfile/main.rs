//! What is found in Dockerfiles: a corpus in the styles that people write, and tables for what needs a folder.

mod context;
mod corpus;
mod registry;
