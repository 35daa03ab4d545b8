//! What `pip` calls the packages whose compiled modules are loaded most. A folder alone does not tell: `PIL` is of
//! `pillow`, and `cv2` of one of four.

/// A folder or module in `site-packages`, and the one distribution that has it.
const DISTRIBUTIONS: [(&str, &str); 38] = [
    ("Crypto", "pycryptodome"),
    ("PIL", "pillow"),
    ("_cffi_backend", "cffi"),
    ("aiohttp", "aiohttp"),
    ("bcrypt", "bcrypt"),
    ("cryptography", "cryptography"),
    ("frozenlist", "frozenlist"),
    ("gevent", "gevent"),
    ("google_crc32c", "google-crc32c"),
    ("greenlet", "greenlet"),
    ("grpc", "grpcio"),
    ("h5py", "h5py"),
    ("httptools", "httptools"),
    ("kiwisolver", "kiwisolver"),
    ("lxml", "lxml"),
    ("markupsafe", "MarkupSafe"),
    ("matplotlib", "matplotlib"),
    ("msgpack", "msgpack"),
    ("multidict", "multidict"),
    ("nacl", "PyNaCl"),
    ("numpy", "numpy"),
    ("orjson", "orjson"),
    ("pandas", "pandas"),
    ("psutil", "psutil"),
    ("pyarrow", "pyarrow"),
    ("pydantic_core", "pydantic-core"),
    ("regex", "regex"),
    ("scipy", "scipy"),
    ("simplejson", "simplejson"),
    ("skimage", "scikit-image"),
    ("sklearn", "scikit-learn"),
    ("sqlalchemy", "SQLAlchemy"),
    ("tokenizers", "tokenizers"),
    ("torch", "torch"),
    ("uvloop", "uvloop"),
    ("wrapt", "wrapt"),
    ("yarl", "yarl"),
    ("zmq", "pyzmq"),
];

/// The distribution that the module at `path` belongs to, where that is known.
pub(super) fn of_module(path: &str) -> Option<&'static str> {
    let below = path
        .split_once("/site-packages/")
        .or_else(|| path.split_once("/dist-packages/"))?
        .1;
    let name = below.split(['/', '.']).next()?;
    let row = DISTRIBUTIONS.iter().find(|(folder, _)| *folder == name);
    row.map(|(_, distribution)| *distribution)
}

#[cfg(test)]
mod tests {
    use super::of_module;

    #[test]
    fn a_module_s_distribution_is_named_only_where_it_is_known() {
        for (path, name) in [
            (
                "/v/site-packages/PIL/_imaging.cpython-311-x86_64-linux-gnu.so",
                Some("pillow"),
            ),
            ("/v/site-packages/numpy.libs/libopenblas.so", Some("numpy")),
            (
                "/usr/lib/python3/dist-packages/markupsafe/_speedups.so",
                Some("MarkupSafe"),
            ),
            ("/v/site-packages/_cffi_backend.cpython-311.so", Some("cffi")),
            ("/v/site-packages/cv2/cv2.abi3.so", None),
            ("/v/site-packages/mine/_native.so", None),
            ("/app/numpy/_native.so", None),
        ] {
            assert_eq!(of_module(path), name, "{path}");
        }
    }
}
