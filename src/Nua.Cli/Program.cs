using Nua.Cli;
using Nua.Engine.Engines.Local;
using Nua.Rootfs.Worker;

// nua starts itself as the worker in a user namespace and as the supervisor of an instance; those calls have command lines of their own.
return args switch
{
    ["__worker", ..] => WorkerProgram.Run(WorkerArguments.Parse(args)),
    ["__supervise", var instance, var runc, ..] => SupervisorProgram.Run(instance, runc, ownNetwork: args is [.., "loopback"]),
    _ => await NuaProgram.RunAsync(args),
};
