using Nua.Engine.Instances;

namespace Nua.Engine.Operations;

/// <summary>What a person can do with an instance that does not come back.</summary>
internal static class Broken
{
    public static string Remedy(InstanceFolder folder, InstanceRecord record)
    {
        var name = folder.Name;
        List<string> commands = [$"nua logs {name}", $"nua start {name}"];
        if (record.Kept.Count > 0)
        {
            commands.Add($"nua rollback {name} --to kept");
        }

        commands.Add($"nua restore {name} FILE");
        return $"all is stopped and nothing is deleted; its data is {folder.Generation(record.Generation)}\n" + string.Join('\n', commands);
    }
}
