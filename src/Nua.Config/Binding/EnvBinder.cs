using Nua.Config.Syntax;

namespace Nua.Config.Binding;

/// <summary>Reads tables of variables.</summary>
internal static class EnvBinder
{
    public static IReadOnlyList<EnvEntry> Bind(NamedValues env, ProblemLog log) =>
        [.. env.Values.Select(value => Bind(value, log)).OfType<EnvEntry>()];

    private static EnvEntry? Bind(NamedValue value, ProblemLog log)
    {
        if (value.Name.Length == 0 || value.Name.AsSpan().ContainsAny('=', '\0'))
        {
            log.Add(ConfigProblems.BadVariableName(value.Path), value.At);
            return null;
        }

        switch (value.Value)
        {
            case ScalarNode { Scalar: ScalarKind.Null }:
                log.Add(ConfigProblems.NoValue(value.Path), value.At);
                return null;
            case ScalarNode { Scalar: ScalarKind.Date } date:
                log.Add(ConfigProblems.DateAsText(value.Path, date.Text), date.Position);
                return null;
            case TableNode:
                var dynamic = DynamicBinder.Bind(value, log);
                return new EnvEntry(value.Name, dynamic is null ? "" : null, dynamic);
            default:
                return new EnvEntry(value.Name, FreeTable.ToText(value.Value), null);
        }
    }
}
