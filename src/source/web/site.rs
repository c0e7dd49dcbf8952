//! The server: one request to it, as this user.

use std::sync::{Mutex, PoisonError};

use data_encoding::BASE64;
use secrecy::{ExposeSecret, SecretString};

use super::{
    WebAddress,
    netrc::{self, Login},
};
use crate::source::{
    Bounds, CredentialCommand, Outside, SourceError,
    error::said,
    url::Url,
    wire::{Reply, Request, Wire},
};

/// Most folders that are made above a file.
const FOLDERS_MAX: usize = 8;

/// A place on a web server.
pub(super) struct Site {
    name: String,
    wire: Wire,
    file: Url,
    user: Option<String>,
    outside: Outside,
    command: Option<CredentialCommand>,
    /// What says who asks, once it was looked up; it may be nothing.
    authorization: Mutex<Option<Option<SecretString>>>,
}

impl Site {
    /// The place at an address.
    pub(super) fn new(address: &WebAddress, outside: &Outside, command: Option<CredentialCommand>) -> Self {
        let name = address.to_string();
        Self {
            wire: Wire::new(name.clone(), outside),
            name,
            file: address.file(),
            user: address.0.user.clone(),
            outside: outside.clone(),
            command,
            authorization: Mutex::new(None),
        }
    }

    /// What to call it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The file that holds the bundle.
    pub(super) fn file(&self) -> &Url {
        &self.file
    }

    /// Something beside the bundle.
    pub(super) fn beside(&self, name: &str) -> Url {
        let folder = self.file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        Url { path: format!("{folder}/{name}"), ..self.file.clone() }
    }

    /// Sends one request and reads the whole answer.
    pub(super) fn ask(
        &self,
        method: &str,
        url: &Url,
        headers: &[(&str, &str)],
        body: &[u8],
        bounds: &Bounds,
    ) -> Result<Reply, SourceError> {
        let authorization = self.authorization(bounds)?;
        let mut headers = headers.to_vec();
        if let Some(value) = &authorization {
            headers.push(("Authorization", value.expose_secret()));
        }
        self.wire.send(&Request { method, url: &url.to_string(), headers: &headers, body }, bounds)
    }

    /// What a reply is whose status is none that was asked for.
    pub(super) fn refusal(&self, reply: &Reply) -> SourceError {
        self.wire.refusal(reply)
    }

    /// Writes a file whole, in folders that are made if they are not there. With a condition that does not hold: the reply
    /// that says so (412).
    pub(super) fn put(
        &self,
        url: &Url,
        condition: Option<(&str, &str)>,
        bytes: &[u8],
        bounds: &Bounds,
    ) -> Result<Option<Reply>, SourceError> {
        let mut headers = vec![("Content-Type", "application/octet-stream")];
        headers.extend(condition);
        let mut reply = self.ask("PUT", url, &headers, bytes, bounds)?;
        // 500: nginx, where the folder is missing.
        if matches!(reply.status, 404 | 409 | 500) && self.make_folder_of(url, bounds)? {
            reply = self.ask("PUT", url, &headers, bytes, bounds)?;
        }
        match reply.status {
            200 | 201 | 204 => Ok(None),
            412 => Ok(Some(reply)),
            423 => Err(SourceError::Busy { name: self.name.clone(), why: "the file is locked (423)".to_owned() }),
            405 | 501 => Err(self.read_only(&format!("the server takes no PUT there ({})", reply.status))),
            413 => Err(self.read_only("it is larger than the server takes (413)")),
            507 => Err(self.read_only("the server has no room left (507)")),
            _ => Err(self.refusal(&reply)),
        }
    }

    /// Makes the folder that a file is to stand in, and those above it that are missing; whether any was.
    pub(super) fn make_folder_of(&self, url: &Url, bounds: &Bounds) -> Result<bool, SourceError> {
        let mut missing = vec![folder_of(url)];
        let mut is_made = false;
        while let Some(folder) = missing.last() {
            if missing.len() > FOLDERS_MAX {
                return Err(self.read_only("the folders above it are not there"));
            }
            let reply = self.ask("MKCOL", folder, &[], b"", bounds)?;
            match reply.status {
                // 405: it is there already, or was made meanwhile.
                200 | 201 | 204 | 301 | 405 => {
                    is_made |= reply.status != 405;
                    missing.pop();
                }
                404 | 409 if folder.path != "/" => {
                    missing.push(folder_of(&Url { path: folder.path.trim_end_matches('/').to_owned(), ..folder.clone() }))
                }
                501 => return Err(self.read_only("the server makes no folders (501)")),
                _ => return Err(self.refusal(&reply)),
            }
        }
        Ok(is_made)
    }

    /// That nothing can be written there.
    pub(super) fn read_only(&self, why: &str) -> SourceError {
        SourceError::ReadOnly { name: self.name.clone(), why: why.to_owned() }
    }

    /// What says who asks: by the command that the user set up, else by their netrc file; looked up once.
    fn authorization(&self, bounds: &Bounds) -> Result<Option<SecretString>, SourceError> {
        let mut known = self.authorization.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &*known {
            return Ok(known.clone());
        }
        let value = match &self.command {
            Some(command) => Some(self.by_command(command, bounds)?),
            None => self.by_netrc(bounds)?.map(|login| basic(&login.user, &login.password)),
        };
        *known = Some(value.clone());
        Ok(value)
    }

    fn by_command(&self, command: &CredentialCommand, bounds: &Bounds) -> Result<SecretString, SourceError> {
        let credentials = command.run(&self.outside, bounds, &self.name)?;
        bounds.step(format!("as the user of {}: {}", command.0.program.display(), credentials.kind()));
        if let Some((user, password)) = credentials.basic() {
            return Ok(basic(user, password));
        }
        let bearer = credentials.bearer().map(|token| SecretString::from(format!("Bearer {}", token.expose_secret())));
        bearer.ok_or_else(|| SourceError::Setup {
            name: self.name.clone(),
            why: format!("its command gives {}, and a web server wants a name and a password, or a token", credentials.kind()),
        })
    }

    fn by_netrc(&self, bounds: &Bounds) -> Result<Option<Login>, SourceError> {
        let setup = |why: String| SourceError::Setup { name: self.name.clone(), why: said(&why) };
        let found = netrc::login(&self.outside, &self.file.host, self.user.as_deref()).map_err(setup)?;
        if found.is_some() {
            bounds.step("as the user that the netrc file names");
        }
        Ok(found)
    }
}

/// RFC 7617.
fn basic(user: &str, password: &SecretString) -> SecretString {
    let pair = SecretString::from(format!("{user}:{}", password.expose_secret()));
    SecretString::from(format!("Basic {}", BASE64.encode(pair.expose_secret().as_bytes())))
}

fn folder_of(url: &Url) -> Url {
    let folder = url.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    Url { path: format!("{folder}/"), ..url.clone() }
}
