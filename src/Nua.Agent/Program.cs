using Nua.Agent;
using Nua.Agent.Linux;
using Nua.Agent.Settings;

Signals.BlockInAllThreads();
return CommandLine.Run(new Paths(), Variables.Inherited(), Environment.GetCommandLineArgs()[0], args);
