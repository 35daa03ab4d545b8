//! Databases whose files another architecture may not read as they were written.

use super::plan::Warning;
use crate::Inspection;

/// The last part of an image's name, how the database is called, and where its image keeps its files.
///
/// What was reported: tables that loop or are found corrupt (MariaDB/mariadb-docker#42), and texts that sort otherwise, which
/// breaks indexes (collations follow the C library). The folders are those of each official image.
const KNOWN: [(&str, &str, &str); 14] = [
    ("postgres", "PostgreSQL", "/var/lib/postgresql"),
    ("postgis", "PostgreSQL", "/var/lib/postgresql"),
    ("timescaledb", "PostgreSQL", "/var/lib/postgresql"),
    ("pgvector", "PostgreSQL", "/var/lib/postgresql"),
    ("mysql", "MySQL", "/var/lib/mysql"),
    ("mysql-server", "MySQL", "/var/lib/mysql"),
    ("percona", "MySQL", "/var/lib/mysql"),
    ("mariadb", "MariaDB", "/var/lib/mysql"),
    ("mongo", "MongoDB", "/data/db"),
    ("redis", "Redis", "/data"),
    ("valkey", "Valkey", "/data"),
    ("elasticsearch", "Elasticsearch", "/usr/share/elasticsearch/data"),
    ("cassandra", "Cassandra", "/var/lib/cassandra"),
    ("couchdb", "CouchDB", "/opt/couchdb/data"),
];

/// Whether `old` keeps the files of a database in a volume or a folder that the new one would open.
pub(super) fn written_by(old: &Inspection) -> Option<Warning> {
    let named = old.image().split('@').next().unwrap_or_default();
    let last = named.rsplit('/').next().unwrap_or_default();
    let image = last.split(':').next().unwrap_or_default();
    let (_, name, folder) = KNOWN.into_iter().find(|(known, _, _)| *known == image)?;
    let mounts = old.json().get("Mounts")?.as_array()?;
    let paths = mounts
        .iter()
        .filter_map(|mount| mount.get("Destination")?.as_str());
    let path = paths.into_iter().find(|path| path.starts_with(folder))?;
    Some(Warning::Database {
        name,
        path: path.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_database_is_known_by_its_image_and_by_where_its_files_are() {
        let container = |image: &str, path: &str| {
            let old =
                Inspection::from_json(json!({"Config": {"Image": image}, "Mounts": [{"Destination": path}]}));
            written_by(&old).is_some()
        };
        assert!(container("postgres:16", "/var/lib/postgresql/data"));
        assert!(container(
            "127.0.0.1:5000/team/mysql:5.7@sha256:00",
            "/var/lib/mysql"
        ));
        assert!(!container("postgres:16", "/backup"));
        assert!(!container("acme/postgres-exporter", "/var/lib/postgresql/data"));
    }
}
