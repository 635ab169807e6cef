/** For tests: loopback, private and metadata addresses in every spelling that URL parsers know. */
export const PRIVATE_SPELLINGS = [
  'https://127.0.0.1/', 'https://127.1/', 'https://0x7f.1/', 'https://0x7f000001/', 'https://2130706433/', 'https://017700000001/',
  'https://0177.0.0.1/', 'https://127.0.0.1./', 'https://%31%32%37.0.0.1/', 'https://１２７.０.０.１/',
  'https://127。0。0。1/', 'https://0/', 'https://0.0.0.0/',
  'https://[::1]/', 'https://[::]/', 'https://[0:0:0:0:0:0:0:1]/', 'https://[::ffff:127.0.0.1]/', 'https://[::ffff:7f00:1]/',
  'https://[::127.0.0.1]/', 'https://[64:ff9b::127.0.0.1]/', 'https://[2002:7f00:1::]/', 'https://[fe80::1]/', 'https://[fd00:ec2::254]/',
  'https://localhost/', 'https://LOCALHOST:8443/', 'https://localhost./', 'https://api.localhost/', 'https://169.254.169.254/latest/meta-data/',
  'https://0xa9fea9fe/',
  'https://2852039166/', 'https://10.1.2.3/', 'https://192.168.1.1/', 'https://172.16.0.1/', 'https://100.64.0.1/', 'https://224.0.0.1/',
];
