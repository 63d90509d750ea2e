//! [`Place`]: which file a snapshot is kept in, where a differing text goes, and the command that accepts it.

use std::path::{Path, PathBuf};

use crate::expect::snapshot::site::Site;

/// Below the directory of a package.
pub(crate) const DIRECTORY: &str = "tests/syscalls";
pub(crate) const SUFFIX: &str = ".syscalls";

/// Where the text of one snapshot lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The file in the source tree: `tests/syscalls/cli__writes_atomically.syscalls` of the calling package.
    pub(crate) file: PathBuf,
    /// The source that the test is in.
    pub(crate) source: PathBuf,
    /// Where a text that differs is left to be looked at; `None` where the target directory is not known.
    pub(crate) artefact: Option<PathBuf>,
    /// `EXPECT_SYSCALLS=overwrite cargo test -p app --test cli -- --exact writes_atomically`.
    pub(crate) command: String,
}

/// What the environment says about where the test runs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Whereabouts {
    /// `CARGO_MANIFEST_DIR` at run time.
    pub(crate) manifest_dir: Option<PathBuf>,
    /// `CARGO_PKG_NAME` at run time.
    pub(crate) package: Option<String>,
    /// The target directory, found from the test binary's own path.
    pub(crate) target: Option<PathBuf>,
}

impl Place {
    pub(crate) fn new(site: &Site, key: &str, whereabouts: &Whereabouts) -> Result<Place, String> {
        let package_dir = package_dir(site, whereabouts)?;
        let name = format!("{key}{SUFFIX}");
        let package = site.package.unwrap_or("unknown");
        let artefact = whereabouts
            .target
            .as_ref()
            .map(|target| target.join("expect-syscalls").join(package).join(&name));
        let source = package_dir.join(site.source());
        Ok(Place { file: package_dir.join(DIRECTORY).join(&name), source, artefact, command: command(site) })
    }
}

/// The package of the calling crate. Cargo and nextest say at run time where it is, also when the tree has
/// moved since it was built; a binary started by hand, or by another package's test, knows what was compiled in.
pub(crate) fn package_dir(site: &Site, whereabouts: &Whereabouts) -> Result<PathBuf, String> {
    let running = whereabouts
        .manifest_dir
        .clone()
        .filter(|_| site.package.is_some() && whereabouts.package.as_deref() == site.package);
    let Some(dir) = running.or_else(|| site.manifest_dir.map(PathBuf::from)) else {
        return Err(
            "the directory of the package is not known: this crate was not built by cargo, which sets \
                    CARGO_MANIFEST_DIR and CARGO_PKG_NAME; set both when it is built"
                .to_owned(),
        );
    };
    if !dir.is_dir() {
        return Err(format!(
            "the package `{}` is not at {} any more: run the test with `cargo test` or `cargo nextest run`, which say where \
             it is now, or build it again",
            site.package.unwrap_or("unknown"),
            dir.display()
        ));
    }
    Ok(dir)
}

fn command(site: &Site) -> String {
    let mut command = "EXPECT_SYSCALLS=overwrite cargo test".to_owned();
    if let Some(package) = site.package {
        command += &format!(" -p {package}");
    }
    if let Some(target) = target_of(site) {
        command += &format!(" {target}");
    }
    let function = site.function();
    let modules = site.module.split_once("::").map(|(_, modules)| modules);
    let filter: Vec<&str> = modules.into_iter().chain(function.as_deref()).collect();
    if let (true, false) = (function.is_some(), filter.is_empty()) {
        // Another test whose name begins like this one would write its file too.
        command += &format!(" -- --exact {}", filter.join("::"));
    }
    command
}

/// The option that selects the binary the test is in, as far as its source file shows it.
fn target_of(site: &Site) -> Option<String> {
    let source = site.source();
    let root = site.module.split("::").next()?;
    if site.function().is_none() {
        return Some("--doc".to_owned());
    }
    if let Some(inside) = source.strip_prefix("tests/") {
        let name = inside.split('/').next()?;
        let name = name.strip_suffix(".rs").unwrap_or(name);
        return (name.replace('-', "_") == root).then(|| format!("--test {name}"));
    }
    let library = site.package.is_some_and(|package| package.replace('-', "_") == root);
    (library && source.starts_with("src/") && source != "src/main.rs").then(|| "--lib".to_owned())
}

/// The target directory, from the path of a binary in it: `target[/TRIPLE]/PROFILE/deps/cli-0123456789abcdef`.
/// Cargo marks the directory, wherever it is and whatever it is called.
pub(crate) fn target_dir(binary: &Path) -> Option<PathBuf> {
    let deps = binary.parent().filter(|deps| deps.ends_with("deps"))?;
    let marked = |dir: &&Path| dir.join("CACHEDIR.TAG").exists() || dir.join(".rustc_info.json").exists();
    deps.ancestors().skip(2).take(2).find(marked).map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn site(manifest_dir: &Path) -> Site {
        Site {
            inner: "cli::writes_atomically::inner",
            module: "cli",
            file: "app/tests/cli.rs",
            line: 14,
            package: Some("app"),
            manifest_dir: Some(manifest_dir.to_str().unwrap().to_owned().leak()),
        }
    }

    fn running_in(dir: &Path, package: &str) -> Whereabouts {
        Whereabouts { manifest_dir: Some(dir.to_owned()), package: Some(package.to_owned()), target: None }
    }

    #[test]
    fn the_file_is_in_the_calling_package() {
        let root = tempfile::tempdir().unwrap();
        let app = root.path().join("app");
        fs::create_dir(&app).unwrap();
        let place = Place::new(&site(&app), "cli__writes_atomically", &Whereabouts::default()).unwrap();
        assert_eq!(place.file, app.join("tests/syscalls/cli__writes_atomically.syscalls"));
        assert_eq!(place.artefact, None);
        assert_eq!(
            place.command,
            "EXPECT_SYSCALLS=overwrite cargo test -p app --test cli -- --exact writes_atomically"
        );
    }

    #[test]
    fn a_moved_tree_is_followed_and_another_package_is_not() {
        let root = tempfile::tempdir().unwrap();
        let (old, new) = (root.path().join("app"), root.path().join("moved/app"));
        fs::create_dir_all(&new).unwrap();
        let place = Place::new(&site(&old), "k", &running_in(&new, "app")).unwrap();
        assert_eq!(place.file, new.join("tests/syscalls/k.syscalls"));
        fs::create_dir(&old).unwrap();
        let place = Place::new(&site(&old), "k", &running_in(&new, "other")).unwrap();
        assert_eq!(place.file, old.join("tests/syscalls/k.syscalls"));
    }

    #[test]
    fn a_package_that_is_gone_is_said_to_be() {
        let why = Place::new(&site(Path::new("/gone/app")), "k", &Whereabouts::default()).unwrap_err();
        assert!(
            why.starts_with("the package `app` is not at /gone/app any more: run the test with"),
            "{why}"
        );
        assert!(why.ends_with("or build it again"), "{why}");
    }

    #[test]
    fn the_new_text_goes_below_the_target_directory() {
        let root = tempfile::tempdir().unwrap();
        let whereabouts = Whereabouts { target: Some("/t".into()), ..Whereabouts::default() };
        let place = Place::new(&site(root.path()), "k", &whereabouts).unwrap();
        assert_eq!(place.artefact.unwrap(), Path::new("/t/expect-syscalls/app/k.syscalls"));
    }

    #[test]
    fn the_command_names_the_binary_and_the_test() {
        let at = |module, inner, file| {
            let site = Site { module, inner, file, ..site(Path::new("/ws/app")) };
            command(&site).split_off("EXPECT_SYSCALLS=overwrite cargo test -p app ".len())
        };
        assert_eq!(
            at("it::files", "it::files::f::inner", "tests/it/files.rs"),
            "--test it -- --exact files::f"
        );
        assert_eq!(at("my_it", "my_it::f::inner", "tests/my-it.rs"), "--test my-it -- --exact f");
        assert_eq!(at("app::a", "app::a::tests::f::inner", "src/a.rs"), "--lib -- --exact a::tests::f");
        assert_eq!(at("app", "app::f::inner", "src/main.rs"), "-- --exact f");
    }

    #[test]
    fn the_target_directory_is_found_by_its_mark() {
        let root = tempfile::tempdir().unwrap();
        let deps = root.path().join("x86_64-unknown-linux-gnu/debug/deps");
        fs::create_dir_all(&deps).unwrap();
        let binary = deps.join("cli-0123");
        assert_eq!(target_dir(&binary), None);
        fs::write(root.path().join("CACHEDIR.TAG"), "").unwrap();
        assert_eq!(target_dir(&binary).as_deref(), Some(root.path()));
        assert_eq!(target_dir(Path::new("/usr/bin/cli")), None);
    }
}
