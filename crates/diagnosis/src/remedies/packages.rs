//! Which package usually holds a program or a library, by the image's own package tool.

/// Names of one package: for `apt-get`, for `apk`, for `dnf` and its kin. Other distributions have their own.
type Names = (&'static str, &'static str, &'static str);

/// Packages that every distribution calls so, `zypper`'s and `pacman`'s too.
const EVERYWHERE: [&str; 9] = [
    "bash",
    "zsh",
    "coreutils",
    "perl",
    "ruby",
    "gawk",
    "tcl",
    "curl",
    "wget",
];

/// Interpreters, the commands that `env` is asked for, and those of health checks.
const PROGRAMS: [(&str, Names); 19] = [
    ("bash", ("bash", "bash", "bash")),
    ("sh", ("dash", "busybox", "bash")),
    ("zsh", ("zsh", "zsh", "zsh")),
    ("env", ("coreutils", "coreutils", "coreutils")),
    ("python3", ("python3", "python3", "python3")),
    ("python", ("python-is-python3", "python3", "python3")),
    ("perl", ("perl", "perl", "perl")),
    ("ruby", ("ruby", "ruby", "ruby")),
    ("node", ("nodejs", "nodejs", "nodejs")),
    ("php", ("php-cli", "php", "php-cli")),
    ("lua", ("lua5.4", "lua5.4", "lua")),
    ("tclsh", ("tcl", "tcl", "tcl")),
    ("awk", ("gawk", "gawk", "gawk")),
    ("Rscript", ("r-base-core", "R", "R-core")),
    ("curl", ("curl", "curl", "curl")),
    ("wget", ("wget", "wget", "wget")),
    ("nc", ("netcat-openbsd", "netcat-openbsd", "nmap-ncat")),
    (
        "pg_isready",
        ("postgresql-client", "postgresql-client", "postgresql"),
    ),
    ("jq", ("jq", "jq", "jq")),
];

/// Libraries by the beginning of their names, the longer ones first.
const LIBRARIES: [(&str, Names); 44] = [
    ("libGL.so", ("libgl1", "mesa-gl", "mesa-libGL")),
    ("libEGL.so", ("libegl1", "mesa-egl", "mesa-libEGL")),
    ("libglib-2.0.so", ("libglib2.0-0", "glib", "glib2")),
    ("libgthread-2.0.so", ("libglib2.0-0", "glib", "glib2")),
    ("libgobject-2.0.so", ("libglib2.0-0", "glib", "glib2")),
    ("libcurl.so", ("libcurl4", "libcurl", "libcurl")),
    ("libssl.so.3", ("libssl3", "libssl3", "openssl-libs")),
    ("libcrypto.so.3", ("libssl3", "libcrypto3", "openssl-libs")),
    (
        "libssl.so.1.1",
        ("libssl1.1", "openssl1.1-compat", "openssl11-libs"),
    ),
    (
        "libcrypto.so.1.1",
        ("libssl1.1", "openssl1.1-compat", "openssl11-libs"),
    ),
    ("libstdc++.so", ("libstdc++6", "libstdc++", "libstdc++")),
    ("libgcc_s.so", ("libgcc-s1", "libgcc", "libgcc")),
    ("libgomp.so", ("libgomp1", "libgomp", "libgomp")),
    ("libatomic.so", ("libatomic1", "libatomic", "libatomic")),
    ("libpq.so", ("libpq5", "libpq", "libpq")),
    (
        "libmariadb.so",
        ("libmariadb3", "mariadb-connector-c", "mariadb-connector-c"),
    ),
    ("libsqlite3.so", ("libsqlite3-0", "sqlite-libs", "sqlite-libs")),
    ("libxml2.so", ("libxml2", "libxml2", "libxml2")),
    ("libxslt.so", ("libxslt1.1", "libxslt", "libxslt")),
    ("libz.so", ("zlib1g", "zlib", "zlib")),
    ("libbz2.so", ("libbz2-1.0", "libbz2", "bzip2-libs")),
    ("liblzma.so", ("liblzma5", "xz-libs", "xz-libs")),
    ("libzstd.so", ("libzstd1", "zstd-libs", "libzstd")),
    ("libffi.so", ("libffi8", "libffi", "libffi")),
    ("libyaml-0.so", ("libyaml-0-2", "yaml", "libyaml")),
    ("libreadline.so", ("libreadline8", "readline", "readline")),
    ("libncursesw.so", ("libncursesw6", "ncurses-libs", "ncurses-libs")),
    ("libtinfo.so", ("libtinfo6", "ncurses-libs", "ncurses-libs")),
    (
        "libjpeg.so",
        ("libjpeg62-turbo", "libjpeg-turbo", "libjpeg-turbo"),
    ),
    ("libpng16.so", ("libpng16-16", "libpng", "libpng")),
    ("libwebp.so", ("libwebp7", "libwebp", "libwebp")),
    ("libtiff.so", ("libtiff6", "tiff", "libtiff")),
    ("libfreetype.so", ("libfreetype6", "freetype", "freetype")),
    ("libfontconfig.so", ("libfontconfig1", "fontconfig", "fontconfig")),
    ("libX11.so", ("libx11-6", "libx11", "libX11")),
    ("libSM.so", ("libsm6", "libsm", "libSM")),
    ("libXext.so", ("libxext6", "libxext", "libXext")),
    ("libXrender.so", ("libxrender1", "libxrender", "libXrender")),
    ("libnss3.so", ("libnss3", "nss", "nss")),
    ("libasound.so", ("libasound2", "alsa-lib", "alsa-lib")),
    ("libaio.so", ("libaio1", "libaio", "libaio")),
    (
        "libgssapi_krb5.so",
        ("libgssapi-krb5-2", "krb5-libs", "krb5-libs"),
    ),
    ("libuv.so", ("libuv1", "libuv", "libuv")),
    ("libseccomp.so", ("libseccomp2", "libseccomp", "libseccomp")),
];

/// What installs `package` in a Dockerfile.
pub(crate) fn installs(tool: &str, package: &str) -> Option<String> {
    Some(match tool {
        "apk" => format!("RUN apk add --no-cache {package}"),
        "apt-get" => format!("RUN apt-get update && apt-get install -y --no-install-recommends {package}"),
        "dnf" | "microdnf" | "yum" => format!("RUN {tool} install -y {package}"),
        "zypper" => format!("RUN zypper --non-interactive install {package}"),
        "pacman" => format!("RUN pacman -Sy --noconfirm {package}"),
        _ => return None,
    })
}

/// The package that usually has the program `name`.
pub(crate) fn of_program(tool: &str, name: &str) -> Option<&'static str> {
    let row = PROGRAMS.iter().find(|(program, _)| *program == name);
    row.and_then(|(_, names)| by_tool(tool, names))
}

/// The package that usually has the library `name`.
pub(crate) fn of_library(tool: &str, name: &str) -> Option<&'static str> {
    let row = LIBRARIES.iter().find(|(library, _)| name.starts_with(library));
    row.and_then(|(_, names)| by_tool(tool, names))
}

fn by_tool(tool: &str, names: &Names) -> Option<&'static str> {
    match tool {
        "apk" => Some(names.1),
        "apt-get" => Some(names.0),
        "dnf" | "microdnf" | "yum" => Some(names.2),
        _ => EVERYWHERE.into_iter().find(|name| *name == names.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_named_as_the_image_s_tool_calls_it() {
        assert_eq!(of_library("apt-get", "libcurl.so.4"), Some("libcurl4"));
        assert_eq!(of_library("apk", "libcurl.so.4"), Some("libcurl"));
        assert_eq!(of_library("apk", "libmine.so"), None);
        assert_eq!(of_program("microdnf", "bash"), Some("bash"));
        assert_eq!(of_program("zypper", "bash"), Some("bash"));
        for tool in ["zypper", "pacman"] {
            assert_eq!(
                of_library(tool, "libcurl.so.4"),
                None,
                "{tool} has names of its own"
            );
            assert_eq!(of_program(tool, "python3"), None, "{tool} has names of its own");
        }
        let installed = installs("apk", "bash");
        assert_eq!(installed.as_deref(), Some("RUN apk add --no-cache bash"));
        assert_eq!(installs("rm -rf", "bash"), None);
    }
}
