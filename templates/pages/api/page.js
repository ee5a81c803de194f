/* The page: the operations grouped by tag, each with what to send, what comes, and a line to try. */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

function methodBadge(method) {
  return make("span", `method ${method}`, method.toUpperCase());
}

/* A line for the shell that asks this server. */
function curlOf(method, path, item) {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => name.toUpperCase());
  const needed = (item.parameters ?? []).filter((parameter) => parameter.in === "query" && parameter.required);
  const query = needed.map(({ name }) => `${name}=${name.toUpperCase()}`).join("&");
  const address = quoted(location.origin + filled + (query && `?${query}`));
  const parts = [method === "get" ? `curl ${address}` : `curl -X ${method.toUpperCase()} ${address}`];
  const schema = item.requestBody?.content?.["application/json"]?.schema;
  if (schema) parts.push("-H 'content-type: application/json'", `-d ${quoted(JSON.stringify(exampleOf(schema)))}`);
  return parts.join(" \\\n  ");
}

function parametersOf(item) {
  if (!item.parameters?.length) return [];
  const rows = item.parameters.map((parameter) => {
    const cell = make("td", "", null, make("code", "", parameter.name));
    if (parameter.required) cell.append(make("span", "required", "required"));
    return make("tr", "", null, cell, make("td", "quiet", `${parameter.in}, ${typeName(parameter.schema)}`),
      prose("td", "", parameter.description));
  });
  return [make("h4", "", "Parameters"), tableOf(["Name", "Where and type", "Meaning"], rows)];
}

function bodyOf(type, schema) {
  const nodes = fieldsOf(schema);
  if (objectOf(schema)) nodes.push(codeBlock(JSON.stringify(exampleOf(schema), null, 2), type));
  return nodes;
}

function requestOf(item) {
  return Object.entries(item.requestBody?.content ?? {}).flatMap(([type, { schema }]) => [
    make("h4", "", "Request ", make("span", "quiet", `${type}, ${typeName(schema)}`)), ...bodyOf(type, schema)]);
}

function responseOf([status, response]) {
  const summary = make("summary", "", null, make("span", "status", status), prose("span", "", response.description));
  const contents = Object.entries(response.content ?? {}).flatMap(([type, { schema }]) => [
    make("h4", "", "", make("span", "quiet", `${type}, ${typeName(schema)}`)), ...bodyOf(type, schema)]);
  return make("details", "", null, summary, ...contents);
}

function operationNode(method, path, item) {
  const anchor = make("a", "", "#");
  anchor.href = `#${item.operationId}`;
  anchor.setAttribute("aria-label", `Link to ${method.toUpperCase()} ${path}`);
  const node = make("section", "operation", null,
    make("h3", "", null, methodBadge(method), make("code", "", path), anchor),
    prose("p", "summary", item.summary));
  node.id = item.operationId;
  const about = clean(item.description).split("# Errors")[0].trim();
  if (about) node.append(prose("p", "quiet", about));
  node.append(codeBlock(curlOf(method, path, item), "shell"), ...parametersOf(item), ...requestOf(item),
    make("h4", "", "Responses"), ...Object.entries(item.responses).map(responseOf));
  return node;
}

function contentsLink(method, path, item) {
  const pieces = path.split(/(?<=.\/)/).flatMap((piece) => [make("wbr"), piece]);
  const link = make("a", "", null, methodBadge(method), make("span", "", null, ...pieces));
  link.href = `#${item.operationId}`;
  return make("li", "", null, link);
}

async function show() {
  description = await (await fetch("/openapi.json")).json();
  $("about").replaceWith(prose("p", "lead", description.info.description));
  const operations = Object.entries(description.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, entry]) => [method, path, entry]));
  for (const tag of description.tags) {
    const tagged = operations.filter(([, , entry]) => entry.tags?.includes(tag.name));
    const heading = make("div", "tag", null, make("h2", "", tag.name), prose("p", "quiet", tag.description));
    $("operations").append(heading, ...tagged.map((operation) => operationNode(...operation)));
    const name = tag.name[0].toUpperCase() + tag.name.slice(1);
    $("contents").append(make("h2", "", name), make("ul", "", null, ...tagged.map((operation) => contentsLink(...operation))));
  }
  const wanted = location.hash.length > 1 && $(decodeURIComponent(location.hash.slice(1)));
  if (wanted) wanted.scrollIntoView();
}

setUpTheme();
show().catch(() => { $("about").textContent = "The description can't be read now."; });
