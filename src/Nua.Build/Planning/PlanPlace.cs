using Nua.Foundation;

namespace Nua.Build.Planning;

/// <summary>Places that the planner names. One that begins with <see cref="Below"/> is a path in the folder that was looked at; <see cref="PlaceOf"/> gives it
/// the folder's own name. Other places are keys of the configuration.</summary>
internal static class PlanPlace
{
    public const string Below = "./";

    /// <summary>The place of a problem as the user would write it.</summary>
    /// <param name="folder">The folder that was looked at, as the user wrote it; null when it has no name of its own.</param>
    public static Problem PlaceOf(Problem problem, string? folder)
    {
        if (problem.Where?.StartsWith(Below, StringComparison.Ordinal) != true)
        {
            return problem;
        }

        var path = problem.Where[Below.Length..];
        path = path == "." ? "" : path;
        var top = folder is null or "." ? "" : Show(folder).TrimEnd('/') + "/";
        return problem with { Where = path.Length > 0 ? top + path : top.Length > 0 ? top.TrimEnd('/') : "." };
    }

    /// <summary>A place in the folder, in the notation of <see cref="PlaceOf"/>.</summary>
    public static string At(string path) => Below + Show(path);

    /// <summary>A name or value of others, safe to print.</summary>
    public static string Show(string text) => Printable.Escape(text, 200);

    public static string List(IEnumerable<string> items) => string.Join(", ", items.Take(8).Select(Show));
}
