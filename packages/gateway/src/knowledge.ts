/** What the outcome machine asks of the registry. */
import type { Operation } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import type { Knowledge, RequestField } from '@yiqiao/router';

/** Leaves at the top of an operation's request and its lists, with what the national form requires. */
function requestFields(registry: Registry, operation: Operation): RequestField[] {
  const map = registry.nationalMap(operation);
  const definition = registry.definition('national', map.transaction);
  return map.request
    .filter((node) => node.to === '' || (node.repeated && node.parent === undefined))
    .flatMap((node) => {
      const fields = definition?.request.find((one) => one.node === node.node)?.fields ?? [];
      const wireNames = new Set(fields.filter((field) => field.required).map((field) => field.name));
      const required = node.fields.filter(({ from }) => wireNames.has(from)).map(({ to }) => to);
      if (node.repeated) return [{ name: node.to, required: required.length > 0, items: required }];
      return node.fields.map(({ to }) => ({ name: to, required: required.includes(to) }));
    });
}

/** Narrows the registry; field lists are made once. */
export function createKnowledge(registry: Registry): Knowledge {
  const known = new Map<Operation, readonly RequestField[]>();
  return {
    operation: (operation) => registry.operation(operation),
    findOperation: (transaction) => registry.findOperation(transaction),
    requestFields(operation) {
      const fields = known.get(operation) ?? requestFields(registry, operation);
      known.set(operation, fields);
      return fields;
    },
    answerField(operation, name) {
      const { response } = registry.nationalMap(operation);
      const leaves = response.filter(({ to }) => to === '').flatMap(({ fields }) => fields);
      const field = leaves.find(({ to }) => to === name)?.from;
      const label = field === undefined ? undefined : registry.findName(field)?.label;
      return field === undefined || label === undefined ? undefined : { field, label };
    },
  };
}
