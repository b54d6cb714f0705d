using Nua.Build.Planning.Stacks;
using Nua.Build.Planning.Stacks.Dotnet;
using Nua.Build.Planning.Stacks.Node;
using Nua.Build.Planning.Stacks.Python;
using Nua.Foundation;

namespace Nua.Build.Planning;

/// <summary>Asks every stack and takes the one that clearly fits best.</summary>
internal static class StackChoosing
{
    private static readonly IStack[] _stacks = [new NodeStack(), new PythonStack(), new DotnetStack(),
        new StaticStack(), new ShellStack()];

    /// <exception cref="ProblemException">nothing fits, two fit equally, or the stack that is asked for does
    /// not.</exception>
    public static Candidate Choose(StackContext context)
    {
        if (context.Build.Stack is { Length: > 0 } asked)
        {
            return Forced(context, asked);
        }

        var found = Ranked(context);
        if (found.Count == 0)
        {
            throw new ProblemException(Nothing(context));
        }

        if (context.Build.DocumentRoot is null && OtherLanguage.Find(context.Folder) is { IsManifest: true } other
            && found[0].Confidence - OtherLanguage.Confidence < Candidate.CloseCall)
        {
            throw new ProblemException(StackProblems.NotBuiltHere(other, found[0]));
        }

        if (IsTie(found))
        {
            throw new ProblemException(StackProblems.TwoStacks(new Candidates(found[0], found[1])));
        }

        Explain(context, found);
        return found[0];
    }

    /// <summary>For commands of the author: the language they are for, when it is clear; null otherwise.</summary>
    public static Candidate? Suggest(StackContext context)
    {
        if (context.Build.Stack is { Length: > 0 } asked)
        {
            return Forced(context, asked);
        }

        var found = Ranked(context).FindAll(candidate => candidate.Stack is not ("shell" or "dotnet"));
        return found.Count == 0 || IsTie(found) ? null : found[0];
    }

    private static Candidate Forced(StackContext context, string asked)
    {
        var stack = Array.Find(_stacks, stack => stack.Name == asked) ?? throw new ProblemException(
            StackProblems
                .StackDoesNotFit(asked,
                $"known are {string.Join(", ", _stacks.Select(stack => stack.Name).Order(StringComparer.Ordinal))}"));
        var candidate = stack.Detect(context)
            ?? throw new ProblemException(StackProblems
                .StackDoesNotFit(asked, $"nothing of this was found: {stack.LooksFor}"));
        context.Notes.Decide("stack", asked, "build.stack", $"build.stack = \"{asked}\"");
        return candidate;
    }

    private static List<Candidate> Ranked(StackContext context) =>
        [.. _stacks.Select(stack => stack.Detect(context)).OfType<Candidate>()
            .OrderByDescending(candidate => candidate.Confidence)
                .ThenBy(candidate => candidate.Stack, StringComparer.Ordinal)];

    private static bool IsTie(List<Candidate> ranked) =>
        ranked.Count > 1 && ranked[0].Confidence - ranked[1].Confidence < Candidate.CloseCall;

    private static void Explain(StackContext context, List<Candidate> found)
    {
        var evidence = string.Join(", ", found[0].Evidence);
        var others = found.Count == 1 ? ""
            : "; less likely: "
                + string
                .Join("; ", found.Skip(1).Select(other => $"{other.Stack} ({string.Join(", ", other.Evidence)})"));
        context.Notes.Decide(
            "stack", found[0].Stack, evidence
                + others, $"build.stack = \"{(found.Count > 1 ? found[1].Stack : found[0].Stack)}\"");
    }

    private static Problem Nothing(StackContext context)
    {
        var folder = context.Folder;
        var looked = folder.List().Count == 0 ? "the folder is empty"
            : "looked for " + string.Join("; ", _stacks.Select(stack => stack.LooksFor).Order(StringComparer.Ordinal));
        var below = Below(context).ToList();
        return PlanProblems.NothingToBuild(looked, context.Config.Metadata.Id is not null, OtherLanguage.Find(folder) is { } other
            ? $"{other.File} says {other.Name}, which needs commands"
            : below.Count > 0 ? $"write `build.project = \"{below[0].Folder}\"` when that is the application (found are "
                + string.Join(", ", below.Select(item => $"{item.Folder}: {item.Stack}")) + ")"
            : context.Build.Builder is { } builder ? $"build.builder only brings {builder.Name}" : null);
    }

    /// <summary>Applications one folder down: sources often hold several, or one beside its documentation.</summary>
    private static IEnumerable<(string Folder, string Stack)> Below(StackContext context)
    {
        const int most = 40;
        var folders = context.Folder.List().Where(entry => entry.Kind == EntryKind.Folder && !entry.Name.StartsWith('.')).Take(most);
        foreach (var folder in folders)
        {
            var inner = new StackContext(context.Folder.Subfolder(folder.Path), context.Config, new PlanNotes());
            if (Ranked(inner) is [{ Confidence: >= OtherLanguage.Confidence } best, ..])
            {
                yield return (folder.Path, best.Stack);
            }
        }
    }
}
