using Workers.Host.CommandLine;
using Workers.Host.Roles;

// The way of a command through the roles is told in src/README.md.
return await Verbs.Run(args, Serving.Run);
