# workerd with one worker; the address comes by --socket-addr.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [
    (name = "workerd.mjs", esModule = embed "workerd.mjs"),
    (name = "fetch-handler.mjs", esModule = embed "fetch-handler.mjs"),
  ],
  compatibilityDate = "2026-01-01",
);
