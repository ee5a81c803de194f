/* Schemas of the description in words: type names, tables of fields, examples. */
let description;
const nameOfReference = (reference) => reference.split("/").pop();
const resolved = (schema) => (schema?.$ref ? description.components.schemas[nameOfReference(schema.$ref)] : schema);
const choicesOf = (schema) => schema?.oneOf ?? schema?.anyOf;

function typeName(schema) {
  if (!schema) return "anything";
  if (schema.$ref) return nameOfReference(schema.$ref);
  if (schema.allOf) return schema.allOf.map(typeName).join(" and ");
  const choices = choicesOf(schema);
  if (choices) return choices.map(typeName).join(" or ");
  if (schema.enum) return schema.enum.join(", ");
  const kind = [schema.type ?? "anything"].flat().join(" or ");
  return kind.replace(/^array/, () => `list of ${typeName(schema.items)}`);
}

function boundsOf(schema) {
  const { minimum, maximum } = schema;
  if (minimum != null && maximum != null) return ` (${minimum} to ${maximum})`;
  if (minimum != null) return ` (at least ${minimum})`;
  return maximum != null ? ` (at most ${maximum})` : "";
}

/* Text whose `names` are set as code. */
function prose(tag, className, content) {
  const parts = clean(content).split("`");
  return make(tag, className, null, ...parts.map((part, place) => (place % 2 ? make("code", "", part) : part)));
}

function tableOf(headings, rows) {
  const head = make("tr", "", null, ...headings.map((heading) => {
    const cell = make("th", "", heading);
    cell.scope = "col";
    return cell;
  }));
  const frame = make("div", "fields", null, make("table", "", null, make("thead", "", null, head), make("tbody", "", null, ...rows)));
  frame.tabIndex = 0;
  frame.setAttribute("role", "group");
  frame.setAttribute("aria-label", headings.join(", "));
  return frame;
}

/* The object below a reference, a list or a choice, if there is one. */
function objectOf(schema) {
  const found = resolved(schema);
  if (found?.properties) return { name: schema.$ref ? nameOfReference(schema.$ref) : "", object: found };
  if (found?.items) return objectOf(found.items);
  for (const choice of choicesOf(found) ?? []) {
    const inner = objectOf(choice);
    if (inner) return inner;
  }
  return null;
}

/* A schema's fields, and below them, closed, those of the objects in it. */
function fieldsOf(schema, seen = new Set()) {
  const { object } = objectOf(schema) ?? {};
  if (!object) return [];
  const rows = Object.entries(object.properties).map(([name, property]) => {
    const cell = make("td", "", null, make("code", "", name));
    if (object.required?.includes(name)) cell.append(make("span", "required", "required"));
    const kinds = [property, ...(choicesOf(property) ?? [])];
    const about = property.description ?? kinds.map((kind) => resolved(kind)?.description).find(Boolean) ?? "";
    return make("tr", "", null, cell, make("td", "quiet", typeName(property) + boundsOf(property)), prose("td", "", about));
  });
  const nodes = [tableOf(["Field", "Type", "Meaning"], rows)];
  for (const property of Object.values(object.properties)) {
    const inner = objectOf(property);
    if (!inner?.name || seen.has(inner.name)) continue;
    const nested = fieldsOf(property, new Set([...seen, inner.name]));
    nodes.push(make("details", "", null, make("summary", "", `Fields of ${inner.name}`), ...nested));
  }
  return nodes;
}

const SAMPLES = { string: "text", integer: 1, number: 0.5, boolean: true, null: null };

function exampleOf(schema, depth = 0) {
  const found = resolved(schema);
  if (!found || depth > 6) return null;
  if (found.example !== undefined) return found.example;
  if (found.enum) return found.enum[0];
  const choices = (choicesOf(found) ?? found.allOf)?.filter((choice) => choice.type !== "null");
  if (choices?.length) return exampleOf(choices[0], depth + 1);
  if (found.properties) {
    return Object.fromEntries(Object.entries(found.properties).map(([name, property]) => [name, exampleOf(property, depth + 1)]));
  }
  const type = [found.type ?? "object"].flat()[0];
  if (type === "array") return [exampleOf(found.items, depth + 1)];
  return type in SAMPLES ? SAMPLES[type] : {};
}
