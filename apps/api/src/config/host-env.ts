/** What the operator has set for every program of this machine, beside our own settings. */
export interface HostEnv {
  home: string | undefined
  /** For npm's `${NAME}` in .npmrc. */
  variables: NodeJS.ProcessEnv
  /** What a process needs to trust the machine's certificates. */
  certificates: Record<string, string>
}

const CERTIFICATES = ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS']

export function readHostEnv(env: NodeJS.ProcessEnv): HostEnv {
  return {
    home: env.HOME,
    // Nothing of ours: a team's address must not be able to carry a secret of the platform away.
    variables: Object.fromEntries(Object.entries(env).filter(([name]) => !/^(?:LATHE_|MONGODB_)/.test(name))),
    certificates: Object.fromEntries(
      CERTIFICATES.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
    ),
  }
}
