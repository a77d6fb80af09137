/** The main job: a vault, a ring, a root key, the authorization, and Data Virtualization under that key. */
export const lakehouse = `apiVersion: keystead/v1
stack: prod
account: 0123456789abcdef0123456789abcdef
defaults: { region: us-south }
keyProtectInstances:
  vault: {}
keyRings:
  lakehouse: { instance: vault }
keys:
  dv-root:
    instance: vault
    ring: lakehouse
    rotation: { intervalMonths: 3 }
authorizations:
  dv-reads-vault:
    source: data-virtualization
    target: vault
    roles: [Reader]
deployments:
  lakehouse:
    service: data-virtualization
    plan: enterprise
    encryption: { key: dv-root }
    parameters: { worker_count: "3" }
`;
