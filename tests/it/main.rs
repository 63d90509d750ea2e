//! Real programs under trace, and the rules that the sources keep. Modules by subject.
#![cfg(all(target_os = "linux", target_arch = "x86_64", not(expect_syscalls_elsewhere)))]
#![allow(clippy::print_stderr, reason = "what a test skips, it says")]

mod vocabulary;
mod recording;
mod streams;
mod hooks;
mod refusals;
mod processes;
mod programs;
mod creation;
mod threads;
mod structures;
mod served;
mod signals;
mod memory;
mod abi;
mod affinity;
mod seccomp;
mod filter;
mod startup;
mod files;
mod links;
mod use_cases;
mod catalogue;
mod blind;
mod running;
mod faults;
mod parallel;
mod transparency;
mod stress;
mod leftovers;
mod tidy;
mod ui;
mod snapshots;
mod strace_oracle;
mod strace_example;
mod basket;
mod mutations;
#[cfg(feature = "serde")]
mod json;
mod stability;
mod debian;
mod foreign_tools;
mod examples;
