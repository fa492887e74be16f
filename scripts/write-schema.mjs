// Writes the JSON Schema of scenario files, for editors, from the tables that the package reads them with.
import { writeFileSync } from "node:fs";
import { scenarioSchema } from "../dist/bindings/scenario/json_schema.js";

writeFileSync("dist/scenario.schema.json", `${JSON.stringify(scenarioSchema(), null, 1)}\n`);
