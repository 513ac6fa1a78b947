/** The library's folders and what each may import; everything else is an error. See docs/architecture.md. */
const SRC = '^libs/loose-coupling/src/';

const allowed = {
  kernel: [],
  sqlite: ['kernel'],
  resilience: ['kernel', 'sqlite'],
  messaging: ['kernel', 'resilience', 'sqlite'],
  'event-sourcing': ['kernel', 'messaging', 'sqlite'],
  services: ['kernel', 'resilience', 'messaging'],
  workflow: ['kernel', 'services', 'event-sourcing', 'messaging', 'resilience'],
  aws: ['kernel', 'resilience', 'messaging', 'event-sourcing', 'services', 'workflow', 'provisioning'],
  microservices: ['kernel', 'messaging'],
  provisioning: ['kernel', 'messaging'],
  cli: ['kernel', 'sqlite', 'provisioning', 'aws', 'messaging'],
  health: ['kernel', 'resilience', 'messaging', 'event-sourcing', 'services'],
  observability: ['kernel', 'resilience', 'messaging', 'event-sourcing', 'services'],
  // The testing module wraps the real one.
  testing: ['kernel', 'resilience', 'messaging', 'event-sourcing', 'services', 'workflow', 'loose-coupling'],
};

const folderRules = Object.entries(allowed).map(([folder, targets]) => ({
  name: `${folder}-imports`,
  comment: `${folder}/ may import only ${targets.length ? targets.join(', ') : 'nothing'} of ours`,
  severity: 'error',
  from: { path: `${SRC}${folder}/`, pathNot: '\\.spec\\.ts$' },
  to: { path: SRC, pathNot: [folder, ...targets].map((target) => `${SRC}${target}[/.]`) },
}));

module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    ...folderRules,
    {
      name: 'through-the-index',
      comment: "another folder's insides are reached through its index.ts",
      severity: 'error',
      from: { path: `${SRC}([^/]+)/`, pathNot: '\\.spec\\.ts$' },
      to: { path: `${SRC}[^/]+/.+`, pathNot: [`${SRC}$1/`, `${SRC}[^/]+/index\\.ts$`] },
    },
    {
      name: 'no-own-index',
      comment: 'a file never imports the index that re-exports it',
      severity: 'error',
      from: { path: `${SRC}([^/]+)/`, pathNot: ['\\.spec\\.ts$', '/index\\.ts$'] },
      to: { path: `${SRC}$1/index\\.ts$` },
    },
    {
      name: 'no-nest-in-core',
      severity: 'error',
      from: { path: `${SRC}(kernel|sqlite|[^/]+/core)/`, pathNot: '\\.spec\\.ts$' },
      to: { path: 'node_modules/@nestjs/' },
    },
    { name: 'aws-only-under-aws', severity: 'error', from: { pathNot: `${SRC}aws/` }, to: { path: '@aws-sdk/' } },
    {
      name: 'cqrs-only-in-aggregates',
      comment: 'the module loads without @nestjs/cqrs; only what extends its classes imports it',
      severity: 'error',
      from: { path: SRC, pathNot: [`${SRC}event-sourcing/aggregate/`, '\\.spec\\.ts$'] },
      to: { path: '@nestjs/cqrs' },
    },
    {
      name: 'apps-through-the-package',
      severity: 'error',
      from: { path: '^apps/' },
      to: { path: SRC, pathNot: [`${SRC}index\\.ts$`, `${SRC}[^/]+/index\\.ts$`] },
    },
    {
      name: 'apps-do-not-share',
      comment: 'the services share event contracts and nothing else',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/($1|contracts)/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    // Fixtures of specs, in a folder beside them, are no part of the library.
    exclude: { path: '\\.spec\\.ts$|^dist/|^libs/loose-coupling/src/[^/]+/[^/]+/testing/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'require', 'default'],
    },
  },
};
