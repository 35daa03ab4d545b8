//! What a probe's program said, and what that tells: which translator runs it, and what the processor offers it.

use super::{Feature, RunBy, speed::Rounds};

/// The first word of what it says, and the version of the form.
const GREETING: &str = "archlight-probe 1 ";

/// What a loader says first, before its architecture.
const LOADERS_GREETING: &str = "archlight-dynamic 1 ";

/// The last word of every program.
pub(super) const END: &str = "end";

/// The program says less than this many lines; more come from something else. Most are what it measured.
const LINES: usize = 160;

/// Leaves of CPUID.
const BASIC: u64 = 0;
const MODEL: u64 = 1;
const STRUCTURED: u64 = 7;
const EXTENDED: u64 = 0x8000_0000;
const EXTENDED_MODEL: u64 = 0x8000_0001;
const BRAND: std::ops::RangeInclusive<u64> = 0x8000_0002..=0x8000_0004;

/// Keys of the auxiliary vector.
const HWCAP: u64 = 16;
const HWCAP2: u64 = 26;

/// What QEMU calls the processor that it makes up: no implementer, and a `Q` for the part.
const QEMU_PART: u64 = 0x51;

/// What was said, as numbers.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    lines: Vec<(String, Vec<u64>)>,
    /// Whether it came to its end.
    pub(super) whole: bool,
}

impl Said {
    /// Reads what the program for `architecture` said; `None` when it did not greet.
    pub(super) fn read<'a>(architecture: &str, lines: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut lines = lines.into_iter().map(str::trim_end);
        lines.find(|line| line.strip_prefix(GREETING) == Some(architecture))?;
        let said: Vec<&str> = lines.take(LINES).collect();
        Some(Self {
            whole: said.contains(&END),
            lines: said.into_iter().filter_map(numbers).collect(),
        })
    }

    /// Who runs it, as far as it can tell from inside, and by what that is known.
    pub(super) fn translator(&self) -> (Option<RunBy>, String) {
        if let Some(brand) = self.brand() {
            let known = match brand.as_str() {
                brand if brand.contains("VirtualApple") => Some(RunBy::Rosetta),
                brand if brand.contains("QEMU") => Some(RunBy::Qemu),
                _ => None,
            };
            return (known, brand);
        }
        let Some(midr) = self.number("midr", 0) else {
            return (None, String::new());
        };
        let (implementer, part) = (midr >> 24 & 0xff, midr >> 4 & 0xfff);
        let is_qemu = implementer == 0 && part == QEMU_PART;
        (is_qemu.then_some(RunBy::Qemu), format!("MIDR_EL1 {midr:#010x}"))
    }

    /// What the processor offers, as far as it was asked.
    pub(super) fn features(&self) -> Vec<Feature> {
        let x86 = self.leaf(MODEL).is_some();
        let asked = self.number_of("auxv", HWCAP, 1).is_some();
        let offered = |(name, at, bit): &(&'static str, Place, u32)| Feature {
            name,
            offered: self.place(*at) >> bit & 1 == 1,
        };
        match (x86, asked) {
            (true, _) => {
                let mut features: Vec<Feature> = X86.iter().map(offered).collect();
                features.extend(levels(&features));
                features.retain(|feature| SHOWN.contains(&feature.name));
                features
            }
            (false, true) => ARM.iter().map(offered).collect(),
            (false, false) => Vec::new(),
        }
    }

    /// What it measured, without the first round of each kind: there it was translated.
    pub(super) fn rounds(&self) -> Rounds {
        Rounds {
            integer: self.times("inte"),
            memory: self.times("memo"),
            system_calls: self.times("call"),
        }
    }

    /// Nanoseconds for a unit of work, in each round. A clock that stood still measured nothing.
    fn times(&self, word: &str) -> Vec<f64> {
        let rounds = self.lines.iter().filter(|(known, _)| known == word);
        let number = |number: u64| u32::try_from(number).ok().filter(|number| *number > 0);
        let time = |said: &Vec<u64>| match said.as_slice() {
            [count, nanoseconds] => Some(f64::from(number(*nanoseconds)?) / f64::from(number(*count)?)),
            _ => None,
        };
        rounds.skip(1).filter_map(|(_, said)| time(said)).collect()
    }

    /// The processor's name, which it says in three parts.
    fn brand(&self) -> Option<String> {
        let parts: Vec<&[u64]> = BRAND.filter_map(|leaf| self.leaf(leaf)).collect();
        let bytes = parts
            .into_iter()
            .flatten()
            .flat_map(|word| word.to_le_bytes().into_iter().take(4));
        let text: String = bytes
            .map(char::from)
            .filter(|letter| matches!(letter, ' '..='~'))
            .collect();
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// EAX, EBX, ECX and EDX of a leaf, where the processor has it.
    fn leaf(&self, leaf: u64) -> Option<&[u64]> {
        let largest = |of: u64| self.number_of("cpuid", of, 1);
        let most = largest(if leaf < EXTENDED { BASIC } else { EXTENDED })?;
        let said = self
            .lines
            .iter()
            .find(|(word, said)| word == "cpuid" && said.first() == Some(&leaf))?;
        said.1.get(1..5).filter(|_| leaf <= most)
    }

    fn place(&self, place: Place) -> u64 {
        let register = |leaf, at: usize| self.leaf(leaf).and_then(|said| said.get(at).copied());
        let number = match place {
            Place::Model(at) => register(MODEL, at),
            Place::Structured(at) => register(STRUCTURED, at),
            Place::Extended(at) => register(EXTENDED_MODEL, at),
            Place::Saved(at, mask) => register(MODEL, at).filter(|_| self.saves(mask)),
            Place::SavedStructured(at, mask) => register(STRUCTURED, at).filter(|_| self.saves(mask)),
            Place::Hwcap => self.number_of("auxv", HWCAP, 1),
            Place::Hwcap2 => self.number_of("auxv", HWCAP2, 1),
        };
        number.unwrap_or_default()
    }

    /// Whether the system keeps these registers for a program: without that, it must not use them.
    fn saves(&self, mask: u64) -> bool {
        self.number("xcr0", 1).is_some_and(|saved| saved & mask == mask)
    }

    fn number(&self, word: &str, at: usize) -> Option<u64> {
        let (_, said) = self.lines.iter().find(|(known, _)| known == word)?;
        said.get(at).copied()
    }

    fn number_of(&self, word: &str, first: u64, at: usize) -> Option<u64> {
        let mut lines = self.lines.iter().filter(|(known, _)| known == word);
        lines
            .find(|(_, said)| said.first() == Some(&first))?
            .1
            .get(at)
            .copied()
    }
}

/// What the loader for `architecture` says first.
pub(super) fn loaders_greeting(architecture: &str) -> String {
    format!("{LOADERS_GREETING}{architecture}")
}

fn numbers(line: &str) -> Option<(String, Vec<u64>)> {
    let mut words = line.split(' ');
    let word = words.next()?.to_owned();
    let numbers: Option<Vec<u64>> = words.map(|word| u64::from_str_radix(word, 16).ok()).collect();
    Some((word, numbers?))
}

/// Where a feature's bit stands: EAX is 0, EBX 1, ECX 2, EDX 3.
#[derive(Clone, Copy)]
enum Place {
    Model(usize),
    Structured(usize),
    Extended(usize),
    /// Of the first leaf, and only when XCR0 has these bits.
    Saved(usize, u64),
    SavedStructured(usize, u64),
    Hwcap,
    Hwcap2,
}

/// What XCR0 has for AVX, and for AVX-512.
const AVX: u64 = 0x6;
const AVX512: u64 = 0xe6;

/// Intel's and AMD's manuals have the bits.
const X86: [(&str, Place, u32); 28] = [
    ("sse3", Place::Model(2), 0),
    ("pclmulqdq", Place::Model(2), 1),
    ("ssse3", Place::Model(2), 9),
    ("fma", Place::Saved(2, AVX), 12),
    ("cx16", Place::Model(2), 13),
    ("sse4.1", Place::Model(2), 19),
    ("sse4.2", Place::Model(2), 20),
    ("movbe", Place::Model(2), 22),
    ("popcnt", Place::Model(2), 23),
    ("aes", Place::Model(2), 25),
    ("avx", Place::Saved(2, AVX), 28),
    ("f16c", Place::Saved(2, AVX), 29),
    ("rdrand", Place::Model(2), 30),
    ("bmi1", Place::Structured(1), 3),
    ("avx2", Place::SavedStructured(1, AVX), 5),
    ("bmi2", Place::Structured(1), 8),
    ("avx512f", Place::SavedStructured(1, AVX512), 16),
    ("avx512dq", Place::SavedStructured(1, AVX512), 17),
    ("rdseed", Place::Structured(1), 18),
    ("adx", Place::Structured(1), 19),
    ("avx512cd", Place::SavedStructured(1, AVX512), 28),
    ("sha", Place::Structured(1), 29),
    ("avx512bw", Place::SavedStructured(1, AVX512), 30),
    ("avx512vl", Place::SavedStructured(1, AVX512), 31),
    ("lahf", Place::Extended(2), 0),
    ("lzcnt", Place::Extended(2), 5),
    ("osxsave", Place::Model(2), 27),
    ("rdtscp", Place::Extended(3), 27),
];

/// The levels of the x86-64 ABI, each with what it asks for beyond the one before.
const LEVELS: [(&str, &[&str]); 3] = [
    (
        "x86-64-v2",
        &["cx16", "lahf", "popcnt", "sse3", "sse4.1", "sse4.2", "ssse3"],
    ),
    (
        "x86-64-v3",
        &[
            "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "lzcnt", "movbe", "osxsave",
        ],
    ),
    (
        "x86-64-v4",
        &["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"],
    ),
];

/// Those that programs ask for; the others only make up levels.
const SHOWN: [&str; 17] = [
    "sse3",
    "ssse3",
    "sse4.1",
    "sse4.2",
    "popcnt",
    "cx16",
    "aes",
    "pclmulqdq",
    "rdrand",
    "avx",
    "f16c",
    "fma",
    "avx2",
    "avx512f",
    "x86-64-v2",
    "x86-64-v3",
    "x86-64-v4",
];

/// Linux's `asm/hwcap.h` has the bits.
const ARM: [(&str, Place, u32); 16] = [
    ("fp", Place::Hwcap, 0),
    ("asimd", Place::Hwcap, 1),
    ("aes", Place::Hwcap, 3),
    ("pmull", Place::Hwcap, 4),
    ("sha1", Place::Hwcap, 5),
    ("sha2", Place::Hwcap, 6),
    ("crc32", Place::Hwcap, 7),
    ("lse", Place::Hwcap, 8),
    ("fp16", Place::Hwcap, 9),
    ("rcpc", Place::Hwcap, 15),
    ("sha512", Place::Hwcap, 21),
    ("dotprod", Place::Hwcap, 20),
    ("sve", Place::Hwcap, 22),
    ("sve2", Place::Hwcap2, 1),
    ("i8mm", Place::Hwcap2, 13),
    ("bf16", Place::Hwcap2, 14),
];

fn levels(features: &[Feature]) -> Vec<Feature> {
    let offered = |name: &&str| {
        features
            .iter()
            .any(|feature| feature.name == *name && feature.offered)
    };
    let mut before = true;
    let level = |(name, wanted): &(&'static str, &[&str])| {
        before = before && wanted.iter().all(offered);
        Feature {
            name,
            offered: before,
        }
    };
    LEVELS.iter().map(level).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the programs said under QEMU 7.2.
    const AMD64: &str = "archlight-probe 1 amd64
cpuid 00000000 0000000d 68747541 444d4163 69746e65
cpuid 00000001 00060fb1 00000800 fed8320b 0fcbfbfd
cpuid 00000007 00000000 01d843a9 8001020c 00000000
cpuid 80000000 8000000a 68747541 444d4163 69746e65
cpuid 80000001 00060fb1 00000000 00000075 edd3fbfd
cpuid 80000002 554d4551 47435420 55504320 72657620
cpuid 80000003 6e6f6973 352e3220 0000002b 00000000
cpuid 80000004 00000000 00000000 00000000 00000000
xcr0 00000000 0000021f
end";
    const ARM64: &str = "archlight-probe 1 arm64
auxv 0000000000000010 00000000ecfffffb
auxv 000000000000001a 000000007f877fff
auxv 000000000000000f 0034366863726161
midr 00000000000f0510
end";

    fn said(architecture: &str, text: &str) -> Said {
        Said::read(architecture, text.lines()).expect("it greets")
    }

    fn offered(said: &Said) -> Vec<&'static str> {
        let features = said.features().into_iter();
        features
            .filter(|feature| feature.offered)
            .map(|feature| feature.name)
            .collect()
    }

    #[test]
    fn qemu_is_told_by_the_processor_that_it_makes_up() {
        let amd64 = said("amd64", AMD64);
        assert!(amd64.whole);
        assert_eq!(
            amd64.translator(),
            (Some(RunBy::Qemu), "QEMU TCG CPU version 2.5+".to_owned())
        );
        let arm64 = said("arm64", ARM64);
        assert_eq!(
            arm64.translator(),
            (Some(RunBy::Qemu), "MIDR_EL1 0x000f0510".to_owned())
        );
    }

    #[test]
    fn rosetta_is_told_by_its_brand_and_a_real_processor_by_none() {
        let apple = AMD64
            .replace(
                "554d4551 47435420 55504320 72657620",
                "74726956 416c6175 656c7070 32204020",
            )
            .replace("6e6f6973 352e3220 0000002b", "4730352e 00007a48 00000000");
        let apple = said("amd64", &apple);
        assert_eq!(
            apple.translator(),
            (Some(RunBy::Rosetta), "VirtualApple @ 2.50GHz".to_owned())
        );
        let real = said("arm64", &ARM64.replace("000f0510", "611f0221"));
        assert_eq!(real.translator().0, None);
    }

    #[test]
    fn features_are_what_the_processor_and_the_system_offer_together() {
        let all = offered(&said("amd64", AMD64));
        assert!(
            all.contains(&"avx2") && all.contains(&"x86-64-v3") && !all.contains(&"avx512f"),
            "{all:?}"
        );
        let unsaved = offered(&said("amd64", &AMD64.replace("xcr0 00000000 0000021f", "")));
        assert!(
            unsaved.contains(&"x86-64-v2") && !unsaved.contains(&"avx"),
            "{unsaved:?}"
        );
        assert!(offered(&said("arm64", ARM64)).contains(&"lse"));
    }

    #[test]
    fn rounds_are_nanoseconds_for_a_unit_but_for_the_first() {
        let text = "archlight-probe 1 arm64
inte 0000000000000001 0000000000ffffff
inte 0000000000000002 00000000000003e8
call 00000001 00000001
call 00000010 00000064
call 00000010 00000000
call 00000000 00000064
call 00000010 ffffffffffffffff
memo 00000010
end";
        let rounds = said("arm64", text).rounds();
        assert_eq!((rounds.integer, rounds.memory), (vec![500.0], Vec::new()));
        assert_eq!(rounds.system_calls, [6.25]);
    }

    #[test]
    fn leaves_beyond_the_largest_say_nothing() {
        let small = AMD64.replace("cpuid 80000000 8000000a", "cpuid 80000000 80000001");
        assert_eq!(said("amd64", &small).translator(), (None, String::new()));
    }

    #[test]
    fn what_is_cut_short_or_made_up_is_read_as_far_as_it_goes() {
        assert_eq!(Said::read("amd64", ARM64.lines()), None);
        assert_eq!(
            Said::read("amd64", "exec /archlight-probe: exec format error".lines()),
            None
        );
        let cut = said("amd64", "archlight-probe 1 amd64\ncpuid 0 zz\ncpuid\nxcr0\nmidr");
        assert!(!cut.whole && cut.features().is_empty());
        assert_eq!(cut.translator(), (None, String::new()));
    }
}
