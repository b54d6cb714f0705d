using Nua.Config.Catalogue;
using Nua.Config.Syntax;

namespace Nua.Config.Binding;

/// <summary>A provider as found, wherever that was.</summary>
/// <param name="Name">The name that its place gives, for the old form without a key <c>name</c>.</param>
internal sealed record ProviderDraft(ConfigNode Node, string Path, Position At, string? Name);

/// <summary>The sections of a file, opened, while old spellings move to their modern place.</summary>
internal sealed class Draft
{
    public Draft(ConfigNode root, ProblemLog log)
    {
        Log = log;
        Root = Fields.Open(root, ConfigCatalogue.Root, "", log);
        Metadata = Root.Table("metadata") ?? Fields.Empty(SectionKeys.Metadata, "metadata", log);
        Build = Root.Table("build") ?? Fields.Empty(SectionKeys.Build, "build", log);
        Run = Root.Table("run") ?? Fields.Empty(SectionKeys.Run, "run", log);
        Env = new NamedValues("env", log);
        Env.Open(Root.Take("env"));
        Docker = new NamedValues("docker", log);
        Docker.Open(Root.Take("docker"));
        Ports = new NamedValues("port", log);
        PortBinder.Open(Ports, Root.Take("port"), log);
        AddProviders(Root.Take("provider"));
    }

    public ProblemLog Log { get; }

    public Fields Root { get; }

    public Fields Metadata { get; }

    public Fields Build { get; }

    public Fields Run { get; }

    public NamedValues Env { get; }

    public NamedValues Docker { get; }

    public NamedValues Ports { get; }

    public List<ProviderDraft> Providers { get; } = [];

    public void AddProviders(Field? field)
    {
        if (field?.Value is ListNode list)
        {
            Providers.AddRange(list.Items.Select((item, i) =>
                new ProviderDraft(item, $"{field.Path}[{i}]", item.Position, null)));
        }
        else if (field is not null)
        {
            Log.Add(ConfigProblems.WrongType(field.Path, "a list of tables", field.Value.Kind), field.Value.Position);
        }
    }
}
