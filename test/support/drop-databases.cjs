const mysql = require('mysql2/promise');

/** After the last test: the databases of this run's workers go. */
module.exports = async () => {
  const server = process.env.TEST_DATABASE_URL;
  if (!server) return;
  const connection = await mysql.createConnection(server);
  const [rows] = await connection.query(
    'SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name LIKE ?',
    [`tindera\\_test\\_${process.env.TINDERA_TEST_RUN}\\_%`],
  );
  for (const { name } of rows) await connection.query('DROP DATABASE IF EXISTS ??', [name]);
  await connection.end();
};
