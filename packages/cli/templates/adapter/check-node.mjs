// Older versions of Node would not find the tests and call that a success.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(
    `需要 Node.js 22.19 或更新版本 Node.js 22.19 or newer is needed; this is ${process.versions.node}`,
  );
  process.exit(1);
}
