using System.Text.Json;

namespace Nua.Agent.Steps;

/// <summary>One command of a build.</summary>
/// <param name="WorkDir">Absolute; null is where the agent was started.</param>
internal sealed record Step(string Title,
    IReadOnlyList<string> Argv, string? WorkDir, IReadOnlyList<KeyValuePair<string, string>> Env);

/// <summary>The commands of one build phase, as the build hands them to the sandbox:
/// <c>{"steps":[{"title":"npm
/// ci","argv":["npm","ci"],"workdir":"/nua/build/src","env":{"K":"V"}}],"env":{}}</c>.</summary>
internal sealed record StepsFile(IReadOnlyList<Step> Steps, IReadOnlyList<KeyValuePair<string, string>> Env)
{
    /// <exception cref="Foundation.ProblemException">NUA6060; exit code 64.</exception>
    public static StepsFile Read(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refusal.StepsInvalid(path, "it cannot be read");
        }
    }

    public static StepsFile Parse(ReadOnlyMemory<byte> json, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var steps = new List<Step>();
            foreach (var item in document.RootElement.GetProperty("steps").EnumerateArray())
            {
                steps.Add(ReadStep(item));
            }

            return steps.Exists(step => step.Argv.Count == 0)
                ? throw Refusal.StepsInvalid(path, "a step has an empty argv")
                : new StepsFile(steps, ReadEnv(document.RootElement));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw Refusal.StepsInvalid(path, "it is not the expected JSON");
        }
    }

    private static Step ReadStep(JsonElement item)
    {
        var argv = new List<string>();
        foreach (var argument in item.GetProperty("argv").EnumerateArray())
        {
            argv.Add(argument.GetString() ?? throw new JsonException());
        }

        var title = item.TryGetProperty("title", out var given) ? given.GetString() : null;
        var workDir = item.TryGetProperty("workdir", out var directory) ? directory.GetString() : null;
        return new Step(title ?? string.Join(' ', argv), argv, workDir, ReadEnv(item));
    }

    private static List<KeyValuePair<string, string>> ReadEnv(JsonElement parent)
    {
        var env = new List<KeyValuePair<string, string>>();
        if (parent.TryGetProperty("env", out var map) && map.ValueKind != JsonValueKind.Null)
        {
            foreach (var property in map.EnumerateObject())
            {
                env.Add(new(property.Name, property.Value.GetString() ?? throw new JsonException()));
            }
        }

        return env;
    }
}
