/** As it lies on a control-plane host. */
export const ADMIN = `apiVersion: v1
kind: Config
clusters: [{ name: kubernetes, cluster: { server: 'https://192.0.2.1:6443', certificate-authority-data: Q0E= } }]
users: [{ name: kubernetes-admin, user: { client-key-data: S0VZ } }]
contexts: [{ name: kubernetes-admin@kubernetes, context: { cluster: kubernetes, user: kubernetes-admin } }]
current-context: kubernetes-admin@kubernetes
`;

/** Everything that rewriting a file would spoil. */
export const PRECIOUS = `# my clusters; do not touch
apiVersion: v1
kind: Config
preferences: {colors: true}   # I like them

clusters:
  # the old one
  - name: "on"
    cluster: {server: 'https://on.example', insecure-skip-tls-verify: yes}
  - cluster: &base
      server: https://two.example
      certificate-authority-data: >-
        Q0E
        =
    name: '1_000'
users:
    -   name: y
        user:
            token: "0777"   # octal looking
            exec: {command: x, args: ["no", "off", '1:30'], apiVersion: client.authentication.k8s.io/v1}
contexts:
- context:
    cluster: "on"
    user: "y"
    namespace: "null"
  name: "~"
# the end of contexts
current-context: "~" # this one
extensions:
- name: z
  extension: *base
`;
