using Nua.Cli;
using Nua.Rootfs.Worker;

// nua starts itself as the worker in a user namespace; that call has a command line of its own.
return args is ["__worker", ..] ? WorkerProgram.Run(isLoopbackOurs: args is [_, "loopback"]) : await NuaProgram.RunAsync(args);
