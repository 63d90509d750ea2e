//! Users by name. See passwd(5).

use std::fs;

pub(crate) struct User {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

pub(crate) fn find(name: &str) -> Result<User, String> {
    let users = fs::read_to_string("/etc/passwd").map_err(|why| format!("cannot read /etc/passwd: {why}"))?;
    let user = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(name)).then_some(())?;
        let mut number = |skipped| fields.nth(skipped).and_then(|field| field.parse().ok());
        Some(User { uid: number(1)?, gid: number(0)? })
    });
    user.ok_or_else(|| format!("there is no user `{name}`"))
}
