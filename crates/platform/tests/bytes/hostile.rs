//! Files made to break readers: changed at random, from a fixed seed.

use platform::{Program, read_dynamic, read_program};

use super::build::{ElfFile, STATIC, mach_thin, mach_universal, pe};
use super::real::REAL;

/// Enough to reach every field of every seed many times, within a second.
const ROUNDS: usize = 20_000;

/// Damaged copies of each seed that are tried at every length: some for each of its fields.
const COPIES: usize = 12;

/// A program that says which libraries it needs.
const NEEDY: &[u8] = include_bytes!("../../../../fuzz/corpus/program/elf-dynamic-arm64");

/// Numbers that look random and are the same in each run (xorshift64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).expect("less than a usize")
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let dynamic = ElfFile {
        loader: "/lib/ld-linux-aarch64.so.1",
        ..STATIC
    };
    let narrow = ElfFile {
        machine: 40,
        class: 1,
        flags: 0x0500_0400,
        ..dynamic
    };
    let mut seeds: Vec<Vec<u8>> = REAL.iter().map(|real| real.bytes.to_vec()).collect();
    seeds.extend([
        dynamic.bytes(),
        narrow.bytes(),
        ElfFile { data: 2, ..narrow }.bytes(),
    ]);
    seeds.push(NEEDY.to_vec());
    seeds.extend([mach_thin(7), mach_universal(&[7, 12, 18]), pe(0x8664, 0x80)]);
    let scripts = [
        "#!/usr/bin/env -S node\r\n",
        "\u{feff}#!/bin/sh\n",
        "#!\n",
        "echo\n",
    ];
    seeds.extend(scripts.map(|script| script.as_bytes().to_vec()));
    seeds
}

/// What holds of every program, whatever its bytes were.
fn check(program: &Program) {
    let described = program.describe();
    assert!(!described.chars().any(char::is_control), "{described:?}");
    assert!(described.chars().count() < 4096, "{described}");
    if let Some(proof) = program.proof() {
        assert!(proof.from <= proof.to && proof.to <= proof.bytes.len());
        assert!(proof.bytes.len() <= 64);
        assert!(!proof.meaning.chars().any(char::is_control));
    }
    if let Some(platform) = &program.platform {
        assert_eq!(platform.to_string().parse().as_ref(), Ok(platform));
    }
}

#[test]
fn changed_files_neither_panic_nor_break_what_is_promised() {
    let seeds = seeds();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for _ in 0..ROUNDS {
        let mut bytes = damaged(&seeds[dice.roll(seeds.len())], &mut dice);
        bytes.truncate(1 + dice.roll(bytes.len()));
        let size = match dice.roll(3) {
            0 => bytes.len() as u64,
            1 => u64::MAX,
            _ => dice.roll(2000) as u64,
        };
        check(&read_program(&bytes, size));
        read_dynamic(&bytes);
    }
}

/// `seed` with some of its bytes changed.
fn damaged(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=dice.roll(6) {
        // Most fields that decide stand in the first bytes.
        let reach = if dice.roll(2) == 0 { 64 } else { bytes.len() };
        let at = dice.roll(reach.min(bytes.len()));
        bytes[at] = [0, 1, 0x7f, 0x80, 0xff, b'\n'][dice.roll(6)] ^ u8::from(dice.roll(4) == 0);
    }
    bytes
}

#[test]
fn files_are_read_at_every_length_whole_and_damaged() {
    assert!(read_dynamic(NEEDY).is_some(), "there is something to cut");
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    for seed in seeds() {
        let copies: Vec<Vec<u8>> = (0..COPIES).map(|_| damaged(&seed, &mut dice)).collect();
        for bytes in copies.iter().chain([&seed]) {
            for length in 0..=bytes.len() {
                // A part of a longer file, and a file that ends there.
                for size in [bytes.len(), length] {
                    check(&read_program(&bytes[..length], size as u64));
                }
                read_dynamic(&bytes[..length]);
            }
        }
    }
}

#[test]
fn bytes_without_any_sense_are_read_as_well() {
    let mut dice = Dice(1);
    for length in 0..600 {
        let bytes: Vec<u8> = (0..length).map(|_| dice.roll(256).to_le_bytes()[0]).collect();
        check(&read_program(&bytes, length));
    }
}
