using Nua.Cli;

return await NuaProgram.RunAsync(args);
