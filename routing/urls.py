"""Addresses of the rules, under /api/v1/."""

from django.urls import path

from routing import api, api_choice, api_trials

urlpatterns = [
    path("rules/sets", api.RuleSetCollection.as_view()),
    path("rules/sets/<int:number>", api.RuleSetItem.as_view()),
    path("rules/sets/<int:number>/rules", api.RuleCollection.as_view()),
    path("rules/sets/<int:number>/rules/<str:name>", api.RuleItem.as_view()),
    path("rules/sets/<int:number>/publish", api.RuleSetPublish.as_view()),
    path("rules/sets/<int:number>/withdraw", api.RuleSetWithdraw.as_view()),
    path("rules/sets/<int:number>/coverage", api_trials.RuleSetCoverage.as_view()),
    path("rules/sets/<int:number>/simulation", api_trials.RuleSetSimulation.as_view()),
    path("rules/sets/<int:number>/moves", api_trials.RuleSetMoves.as_view()),
    path("rules/choice", api_choice.RulesChoice.as_view()),
    path("rules/roll_back", api.RulesRollBack.as_view()),
    path("rules/moves", api_trials.RulesMove.as_view()),
]
