// Asks the CycloneDX project's own strict validator about SBOM files. In a folder of your own:
//   npm install @cyclonedx/cyclonedx-library ajv ajv-formats ajv-formats-draft2019
//   node validate-cyclonedx.mjs sbom.json…        exit 0 when all are valid
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

// From the folder it is called in, so that this file needs no node_modules beside it.
const require = createRequire(join(process.cwd(), 'here.js'));
const { Spec, Validation } = require('@cyclonedx/cyclonedx-library');

const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
for (const file of process.argv.slice(2)) {
  const errors = await validator.validate(readFileSync(file, 'utf8'));
  console.log(`${file}: ${errors === null ? 'valid' : JSON.stringify(errors, null, 1)}`);
  process.exitCode ||= errors === null ? 0 : 1;
}
