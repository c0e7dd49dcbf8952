//! What ssh may not do, whatever the user's configuration says. Keys, agent, jump hosts and known hosts are the user's: an unknown
//! or changed host key is never taken, nobody is asked, and nothing is forwarded, left running, or written.

/// Options for every ssh that is started, behind `-o` each.
pub(super) const CAGE: &[&str] = &[
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    "UpdateHostKeys=no",
    "NoHostAuthenticationForLocalhost=no",
    "ConnectionAttempts=1",
    "ControlMaster=no",
    "ClearAllForwardings=yes",
    "ForwardAgent=no",
    "ForwardX11=no",
    "PermitLocalCommand=no",
    "Tunnel=no",
    "ServerAliveInterval=5",
    "ServerAliveCountMax=3",
];
