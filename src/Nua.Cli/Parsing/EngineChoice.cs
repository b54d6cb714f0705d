using System.CommandLine;
using Nua.Engine.Engines.Local;
using Nua.Engine.Instances;
using Nua.Engine.Operations;
using Nua.Foundation;

namespace Nua.Cli.Parsing;

/// <summary>What runs the containers of an instance: the engine it was made on; for a new one <c>--engine</c>, else <c>NUA_ENGINE</c>, else nua itself.</summary>
public sealed class EngineChoice
{
    private const string Variable = "NUA_ENGINE", Docker = "docker";

    public EngineChoice() => Option.AcceptOnlyFromAmong(LocalEngine.EngineName, Docker);

    public Option<string?> Option { get; } = Inputs.Value(
        "--engine", "local|docker", $"What runs a new instance: nua itself (local), or Docker Engine or Podman; {Variable} when left out");

    /// <exception cref="ProblemException">NUA5050: the instance runs on another; NUA9071: the variable names none.</exception>
    public string Of(ParseResult parsed, Instance instance)
    {
        var given = parsed.GetValue(Option);
        if (given is not null)
        {
            UpChecks.RefuseOtherEngine(instance, given);
        }

        return instance.Record?.Engine ?? given ?? OfVariable();
    }

    private static string OfVariable() => Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" or LocalEngine.EngineName => LocalEngine.EngineName,
        Docker => Docker,
        var other => throw new ProblemException(new Problem("NUA9071", $"{Variable} is '{Printable.Escape(other, 60)}'")
        {
            Remedy = $"set it to {LocalEngine.EngineName} or {Docker}, or unset it",
        })
        { ExitCode = ExitStatus.Usage },
    };
}
